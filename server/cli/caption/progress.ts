import { SingleBar } from 'cli-progress';

/** How far the run is, for a person. */
export interface Progress {
  /** One more is done. */
  step(): void;
  /** Runs `print` with the bar out of the way. */
  beside(print: () => void): void;
  end(): void;
}

const CLEAR_LINE = '\r\u001b[2K';
const SILENT: Progress = { step: () => undefined, beside: (print) => print(), end: () => undefined };

/** A bar with rate and time left on standard error; nothing at all in a pipe or for a single picture. */
export function startProgress(total: number, stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY || total < 2) return SILENT;
  const begin = performance.now();
  let done = 0;
  const bar = new SingleBar({
    stream,
    format: '{bar} {value} of {total}  {rate} a second  {eta_formatted} left',
    hideCursor: true,
    etaBuffer: 30,
  });
  bar.start(total, 0, { rate: '–' });
  return {
    step: () => {
      done += 1;
      bar.update(done, { rate: ((done * 1000) / (performance.now() - begin)).toFixed(1) });
    },
    beside: (print) => {
      stream.write(CLEAR_LINE);
      print();
      bar.render();
    },
    end: () => bar.stop(),
  };
}
