import { createServer } from 'node:net';

/** Below the ports that Linux gives to outgoing connections (32768 and up), which could take a port that was just found free. */
const FIRST_PORT = 12_000;
const LAST_PORT = 31_999;

/**
 * A port on 127.0.0.1 that nobody listens on at this moment. It is drawn at random, so that test files that run at the
 * same time hardly ever find the same one.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (await isFree(port)) return port;
  }
}

/** Whether nobody listens on this port of 127.0.0.1 at this moment. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
