import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';

/** What a client may choose as the id of its request; anything else is replaced. */
const CHOSEN = /^[A-Za-z0-9._-]{8,64}$/;

/** An id for a request whose client chose none. */
export function newRequestId(): string {
  return randomBytes(9).toString('base64url');
}

/** Every answer carries `X-Request-Id`; the log lines and error bodies name the same one. */
export const requestId: RequestHandler = (request, response, next) => {
  const chosen = request.get('x-request-id');
  const id = chosen !== undefined && CHOSEN.test(chosen) ? chosen : newRequestId();
  response.locals['requestId'] = id;
  response.setHeader('x-request-id', id);
  // Every step of a request may wait for its end: the log, the figures, the body's place, a file that is sent.
  response.setMaxListeners(30);
  next();
};

/** The id that the middleware has given the request; `unknown` before it. */
export function requestIdOf(response: { locals: Record<string, unknown> }): string {
  const id = response.locals['requestId'];
  return typeof id === 'string' ? id : 'unknown';
}
