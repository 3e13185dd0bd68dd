import { readConfig } from '../config';
import { startSidecar, type Sidecar } from '../main';

const HELP = `Usage: altsmith serve [--without-backup]

Starts the sidecar and keeps it running until SIGTERM or SIGINT. Settings come from the environment:
docs/configuration.md lists them.

  --without-backup  update the database of an earlier version without a copy of it, where there is no room for one
`;

/** How long a stop may take in all; what is left then is cut off. */
const STOP_MS = 20_000;

/** `altsmith serve`. Resolves once the sidecar has stopped. */
export async function run(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const others = args.filter((word) => word !== '--without-backup');
  if (others.length > 0) {
    process.stderr.write(`altsmith serve takes no "${others.join(' ')}".\n\n${HELP}`);
    return 2;
  }
  const asked = stopRequested();
  const sidecar = await startUnlessStopped(asked, (signal) =>
    startSidecar(readConfig(process.env), {
      announce: (line) => process.stdout.write(`${line}\n`),
      withoutBackup: args.includes('--without-backup'),
      signal,
    }),
  );
  if (sidecar === null) return 0;
  // Where this is no terminal it is a log, which keeps what it is told and is read by others.
  if (sidecar.firstKey !== null && process.stdout.isTTY) process.stdout.write(`${sidecar.firstKey}\n`);
  await asked;
  await sidecar.close();
  return 0;
}

/** Null when it was told to stop while its database was still being prepared. */
export async function startUnlessStopped(
  asked: Promise<void>,
  start: (signal: AbortSignal) => Promise<Sidecar>,
): Promise<Sidecar | null> {
  const stop = new AbortController();
  const stopped = asked.then(() => {
    stop.abort();
  });
  try {
    return await start(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    await stopped;
    return null;
  }
}

/** Resolves at the first SIGTERM or SIGINT. A second one, or twenty seconds, ends the process at once. */
export function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      setTimeout(() => process.exit(1), STOP_MS).unref();
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
