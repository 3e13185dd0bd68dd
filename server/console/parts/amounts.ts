/** Milliseconds or seconds as a person says them. */
export function inSeconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** How long something lasts, roughly: "about 3 minutes". */
export function roughly(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  const [amount, unit] =
    seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  const whole = Math.max(1, Math.round(amount));
  return `about ${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

/** Time since then: "2 minutes ago". */
export function ago(timestamp: string, now: number): string {
  const seconds = (now - Date.parse(timestamp)) / 1000;
  return seconds < 5 ? 'just now' : `${roughly(seconds).replace('about ', '')} ago`;
}

/** `one` for 1, else `many`, with the number before it. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export function inBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
