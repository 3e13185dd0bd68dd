import { createHash, timingSafeEqual } from 'node:crypto';
import { createHttpServer, listen } from '../http/server';

export interface WorkerHealth {
  readonly ready: boolean;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** What slows this worker down and stops nothing: Redis cannot be used, so the sidecar is asked for each job. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

export interface HealthPort {
  readonly port: number;
  readonly host: string;
  /** Key of the worker: who sends it as a bearer is told the reasons; everybody else, ready or not. */
  readonly key: string;
}

/** `/livez` and `/readyz` of a worker, for whatever watches over it. Returns how to close it. */
export async function serveHealth(
  { port, host, key }: HealthPort,
  health: () => WorkerHealth,
): Promise<() => Promise<void>> {
  const expected = digestOf(`Bearer ${key}`);
  const server = createHttpServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    const pathname = request.url?.split('?')[0];
    if (pathname === '/livez') answer(200, { alive: true });
    else if (pathname === '/readyz') {
      const found = health();
      const isOwner = timingSafeEqual(digestOf(request.headers.authorization ?? ''), expected);
      answer(found.ready ? 200 : 503, isOwner ? found : { ready: found.ready });
    } else answer(404, { error: { code: 'NOT_FOUND', message: 'A worker has /livez and /readyz.', retryable: false } });
  });
  await listen(server, port, host);
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
}

/** Of one length, whatever was sent. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
