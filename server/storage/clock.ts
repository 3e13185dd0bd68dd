/** Milliseconds since 1970, UTC. */
export type Clock = () => number;

/**
 * Wall time at the start of the process plus time that cannot jump: a corrected system clock neither ends a lease
 * early nor keeps a job waiting for a day.
 */
export function steadyClock(): Clock {
  const start = Date.now() - performance.now();
  return () => Math.round(start + performance.now());
}
