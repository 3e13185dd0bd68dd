import { createServer } from 'node:net';
import { listenProblem } from '../listen-problem';
import { ok, problem, type Finding, type Ground } from './check';

/** Whether the sidecar could listen, or does. */
export async function lookAtPort({ config, isRunning }: Ground): Promise<readonly Finding[]> {
  const { host, port } = config;
  if (port === 0) return [ok('The port is any free one.')];
  const code = await tryToListen(port, host);
  if (code === null) return [ok(`Port ${port} on ${host} is free.`)];
  if (code === 'EADDRINUSE' && isRunning && (await isOurs(port, host)))
    return [ok(`The sidecar answers on port ${port}.`)];
  const found = listenProblem(code);
  return [problem(`Port ${port} on ${host} ${found?.sentence ?? `cannot be used (${code})`}.`, found?.advice)];
}

/** Null when it worked, else the code of what is in the way. */
function tryToListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function isOurs(port: number, host: string): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${name}:${port}/livez`, { signal: AbortSignal.timeout(2000) });
    return answer.ok && (await answer.text()) === '{"alive":true}';
  } catch {
    return false;
  }
}
