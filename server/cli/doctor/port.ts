import { createServer } from 'node:net';
import { ok, problem, type Finding, type Ground } from './check';

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Stop that program, or choose another ALTSMITH_PORT.',
  EACCES: 'Choose an ALTSMITH_PORT of 1024 or more.',
  EADDRNOTAVAIL: 'Choose an ALTSMITH_HOST that this machine has.',
  ENOTFOUND: 'Choose an ALTSMITH_HOST that this machine has.',
};
const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is on an address that this machine does not have',
  ENOTFOUND: 'is on an address that this machine does not have',
};

/** Whether the sidecar could listen, or does. */
export async function lookAtPort({ config, isRunning }: Ground): Promise<readonly Finding[]> {
  const { host, port } = config;
  if (port === 0) return [ok('The port is any free one.')];
  const code = await tryToListen(port, host);
  if (code === null) return [ok(`Port ${port} on ${host} is free.`)];
  if (code === 'EADDRINUSE' && isRunning && (await isOurs(port, host)))
    return [ok(`The sidecar answers on port ${port}.`)];
  return [problem(`Port ${port} on ${host} ${SENTENCES[code] ?? `cannot be used (${code})`}.`, ADVICE[code])];
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
