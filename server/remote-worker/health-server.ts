import { createHttpServer, listen } from '../http/server';

export interface WorkerHealth {
  readonly ready: boolean;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** What slows this worker down and stops nothing: Redis cannot be used, so the sidecar is asked for each job. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** `/livez` and `/readyz` of a worker, for whatever watches over it. Returns how to close it. */
export async function serveHealth(
  port: number,
  host: string,
  health: () => WorkerHealth,
): Promise<() => Promise<void>> {
  const server = createHttpServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (request.url === '/livez') answer(200, { alive: true });
    else if (request.url === '/readyz') answer(health().ready ? 200 : 503, health());
    else answer(404, { error: { code: 'NOT_FOUND', message: 'A worker has /livez and /readyz.', retryable: false } });
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
