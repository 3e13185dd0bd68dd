import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * Node's limits, set: without them a slow client may hold a socket for five minutes and there is no bound on sockets.
 * Times in ms.
 */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
} as const;
const MOST_CONNECTIONS = 500;

export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(LIMITS, listener);
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

/** Resolves once it accepts connections. Rejects when the port is taken. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
