import { SingleBar } from 'cli-progress';

/** Tells a person how far something long is. On a terminal a bar, else one line when it is done. */
export interface Progress {
  /** Bytes done and bytes in all. */
  readonly update: (done: number, total: number) => void;
  readonly end: () => void;
}

const MEGABYTE = 1e6;
const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(bytes < MEGABYTE ? 2 : 0);

/** Drawn on stderr, so that stdout stays clean for results. */
export function startProgress(label: string): Progress {
  const stream = process.stderr;
  const bar = new SingleBar({
    stream,
    format: `${label}  {bar} {percentage} %  {done} of {whole} MB  {eta_formatted} left`,
    hideCursor: true,
    etaBuffer: 50,
  });
  let started = false;
  let last = 0;
  return {
    update: (done, total) => {
      last = total;
      if (!stream.isTTY || total === 0) return;
      const payload = { done: megabytes(done), whole: megabytes(total) };
      if (started) bar.update(done, payload);
      else bar.start(total, done, payload);
      started = true;
    },
    end: () => {
      if (started) bar.stop();
      else stream.write(`${label}  ${megabytes(last)} MB\n`);
    },
  };
}
