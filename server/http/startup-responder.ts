import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, type ErrorCode } from '../errors';
import { newRequestId } from './middleware/request-id';

const RETRY_AFTER_SECONDS = 5;

/**
 * Answers requests before the service can: while the database is checked, updated or waited for, `/livez` says alive, `/readyz`
 * says not ready, and every other request gets 503 with Retry-After.
 */
export class StartupResponder {
  #open: RequestListener | null = null;
  /** The error that requests get until then. */
  reason: ErrorCode = 'STARTING';

  readonly listener: RequestListener = (request, response) => {
    if (this.#open === null) this.#answer(request, response);
    else this.#open(request, response);
  };

  /** From now on requests go to the service itself. */
  open(listener: RequestListener): void {
    this.#open = listener;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const requestId = newRequestId();
    response.setHeader('x-request-id', requestId);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    // Behind a proxy the paths may begin with a prefix. Not read by `new URL`, which throws for `//`.
    const path = (request.url ?? '/').split('?', 1)[0] ?? '';
    if (path.endsWith('/livez')) {
      response.end(JSON.stringify({ alive: true }));
      return;
    }
    // The body of the request is not read: the connection cannot be used for another one.
    response.setHeader('connection', 'close');
    response.setHeader('retry-after', String(RETRY_AFTER_SECONDS));
    response.statusCode = 503;
    const error = new AppError(this.reason);
    const body = path.endsWith('/readyz') ? { ready: false } : { error: error.toBody(requestId) };
    response.end(JSON.stringify(body));
  }
}
