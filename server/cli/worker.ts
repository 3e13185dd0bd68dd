import os from 'node:os';
import { startRemoteWorker } from '../composition/remote-worker';
import { readConfig } from '../config';
import { createLogger } from '../logger';
import { refuseMoreThan, runCommand, UsageError, type Words } from './command';
import { stopRequested } from './serve';

const HELP = `Usage: altsmith worker --api URL --key KEY [--name NAME] [--port N]

Does jobs of a sidecar on another machine: claims them, fetches the pictures, captions them here, hands the words over.
Keeps no jobs of its own; stop it whenever you like.

  --api URL     address of the sidecar (ALTSMITH_WORKER_API)
  --key KEY     a key of the scope worker, from "altsmith keys create --scope worker" there
                (better: ALTSMITH_WORKER_KEY or ALTSMITH_WORKER_KEY_FILE, which no process list shows)
  --name NAME   how this worker is called in the sidecar's log (default: the machine's name)
  --port N      answer /livez and /readyz on this port; /readyz tells reasons to whoever sends KEY

With ALTSMITH_REDIS_URL, the same as the sidecar's, Bull hands the jobs out; without it, the worker asks the sidecar for each.
ALTSMITH_MODEL, ALTSMITH_WORKERS and ALTSMITH_THREADS are this machine's own.
`;

/** `altsmith worker`. Resolves once it has stopped. */
export function run(args: string[]): Promise<number> {
  const options = {
    api: { type: 'string' },
    key: { type: 'string' },
    name: { type: 'string' },
    port: { type: 'string' },
  } as const;
  return runCommand({ help: HELP, options, work }, args);
}

async function work(words: Words): Promise<number> {
  refuseMoreThan(0, words);
  const config = readConfig(process.env);
  const api = words.text('api') ?? config.workerApi;
  const key = words.text('key') ?? config.workerKey;
  if (api === null || !URL.canParse(api)) throw new UsageError('Say where the sidecar is: --api http://…');
  if (key === null) throw new UsageError('Say which key: --key …');
  const logger = createLogger(config.logLevel);
  const port = portOf(words.number('port'));
  const name = words.text('name') ?? os.hostname();
  const stop = await startRemoteWorker(config, { api, key, name, port }, logger);
  logger.info({ api, name }, 'worker started');
  await stopRequested();
  await stop();
  return 0;
}

function portOf(port: number | undefined): number | null {
  if (port === undefined) return null;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--port is a number up to 65535.');
  return port;
}
