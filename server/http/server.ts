import { createServer, STATUS_CODES, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { guarded, inBackground } from '../background';
import { AppError, type ErrorCode } from '../errors';
import { newRequestId } from './middleware/request-id';

/** Times in ms. */
export interface HttpLimits {
  readonly headersTimeout: number;
  /** Of a whole request; more where larger bodies are allowed, see requestTimeoutFor. */
  readonly requestTimeout: number;
  /** Of a request that sends a video; not shorter. */
  readonly videoTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly maxHeaderSize: number;
  /** Connections at a time. */
  readonly maxConnections: number;
}

/** Node's limits, set: without them a slow client may hold a socket for five minutes. */
export const HTTP_LIMITS: HttpLimits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  videoTimeout: 60_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
  maxConnections: 1000,
};

/** Bytes a second of the slowest client whose request is read to its end; about 0.8 Mbit/s. */
const SLOWEST_BYTES = 100_000;

/** Time, in ms, for a request whose body may have so many bytes. A header has `headersTimeout`, whatever the body. */
export function requestTimeoutFor(mostBodyBytes: number): number {
  return Math.max(HTTP_LIMITS.requestTimeout, Math.ceil((mostBodyBytes * 1000) / SLOWEST_BYTES));
}

export interface ServerEvents {
  /** A connection above the number of them was closed. */
  readonly dropped: () => void;
  /** A connection could not be accepted, as where the system has no file or no memory left for it. */
  readonly failed: (error: unknown) => void;
}

const UNHEARD: ServerEvents = { dropped: () => undefined, failed: () => undefined };

/** The server; `limits` replaces some of HTTP_LIMITS. */
export function createHttpServer(
  listener: RequestListener,
  limits: Partial<HttpLimits> = {},
  { dropped, failed }: ServerEvents = UNHEARD,
): Server {
  // A missing Host header is refused by our own check, in our own words.
  const all = { ...HTTP_LIMITS, ...limits };
  const longest = Math.max(all.requestTimeout, all.videoTimeout);
  const server = createServer({ ...all, requestTimeout: longest, requireHostHeader: false }, listener);
  // Node has one limit for all requests.
  if (longest > all.requestTimeout)
    server.prependListener(
      'request',
      guarded((request: IncomingMessage) => endLate(request, all.requestTimeout), failed),
    );
  server.maxConnections = limits.maxConnections ?? HTTP_LIMITS.maxConnections;
  server.on('drop', guarded(dropped, failed));
  server.on(
    'error',
    guarded(failed, () => undefined),
  );
  server.on('clientError', (error, socket) => {
    inBackground(
      () => refuse(error, socket),
      () => socket.destroy(),
    );
  });
  return server;
}

const SENDS_VIDEO = /^\S*\/v1\/videos\/[^/?]+$/;

/** Ends a request whose body takes longer to arrive than other bodies than videos may. */
function endLate(request: IncomingMessage, limitMs: number): void {
  if (request.method === 'PUT' && SENDS_VIDEO.test(request.url ?? '')) return;
  const end = () => {
    // Nobody may have read what has arrived.
    if (request.complete) return;
    const late = new Error('the request takes too long');
    refuse(Object.assign(late, { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), request.socket);
  };
  const timer = setTimeout(
    guarded(end, () => request.socket.destroy()),
    limitMs,
  );
  timer.unref();
  const arrived = () => {
    clearTimeout(timer);
  };
  request.once('end', arrived);
  request.once('close', arrived);
}

/** What does not even parse as HTTP gets an answer of ours too, and no second chance on this connection. */
function refuse(error: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const reason = new AppError(PARSER_ERRORS[error.code ?? ''] ?? 'BAD_REQUEST');
  const requestId = newRequestId();
  const text = JSON.stringify({ error: reason.toBody(requestId) });
  // An answer to HEAD has no body; the request was not parsed, so its first bytes tell.
  const body = error.rawPacket?.toString('latin1', 0, 5) === 'HEAD ' ? '' : text;
  socket.end(
    `HTTP/1.1 ${reason.status} ${STATUS_CODES[reason.status] ?? ''}\r\nconnection: close\r\nx-request-id: ${requestId}\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${body}`,
  );
}

const PARSER_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Resolves once it accepts connections. Rejects when the port is taken. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
