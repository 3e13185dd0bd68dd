import { SingleBar } from 'cli-progress';
import { z } from 'zod';

/** Tells a person how far something long is. On a terminal a bar, else one line when it is done. */
export interface Progress {
  /** Bytes done and bytes in all. */
  readonly update: (done: number, total: number) => void;
  readonly end: () => void;
}

const MEGABYTE = 1e6;
const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(bytes < MEGABYTE ? 2 : 0);

/** A message of the pull to the sidecar that started it. */
export const PullProgress = z.object({ step: z.string(), done: z.number(), total: z.number() });
export type PullProgress = z.infer<typeof PullProgress>;

/** At most this many messages a second; the last one of a step always goes. */
const MESSAGES_A_SECOND = 5;

/** For the sidecar that started this process; it shows the progress on its own page. */
function reportProgress(step: string, send: (message: PullProgress) => void): Progress {
  let last: PullProgress = { step, done: 0, total: 0 };
  let sentAt = 0;
  send(last);
  return {
    update: (done, total) => {
      last = { step, done, total };
      if (performance.now() - sentAt < 1000 / MESSAGES_A_SECOND) return;
      sentAt = performance.now();
      send(last);
    },
    end: () => send(last),
  };
}

/** Drawn on stderr, so that stdout stays clean for results. */
export function startProgress(label: string): Progress {
  if (process.send !== undefined) {
    return reportProgress(label, (message) => {
      // The sidecar may be gone already.
      if (process.connected) process.send?.(message);
    });
  }
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
      else if (last > 0) stream.write(`${label}  ${megabytes(last)} MB\n`);
    },
  };
}
