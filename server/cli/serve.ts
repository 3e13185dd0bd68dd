import { readConfig } from '../config';
import { startSidecar } from '../main';

const HELP = `Usage: altsmith serve

Starts the sidecar and keeps it running until SIGTERM or SIGINT. Settings come from the environment:
docs/configuration.md lists them.
`;

/** How long a stop may take in all; what is left then is cut off. */
const STOP_MS = 20_000;

/** `altsmith serve`. Resolves once the sidecar has stopped. */
export async function run(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.length > 0) {
    process.stderr.write(`altsmith serve takes no "${args.join(' ')}".\n\n${HELP}`);
    return 2;
  }
  const sidecar = await startSidecar(readConfig(process.env), {
    announce: (line) => process.stdout.write(`${line}\n`),
  });
  await stopRequested();
  await sidecar.close();
  return 0;
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
