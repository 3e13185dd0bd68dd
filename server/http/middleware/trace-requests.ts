import type { Request, RequestHandler } from 'express';
import { guarded } from '../../background';
import { within, type Tracing } from '../../tracing/tracing';

/** A span for each request, as a part of the trace that its `traceparent` names. Addresses stay out: they may name people's files. */
export function traceRequests(tracing: Tracing, failed: (error: unknown) => void): RequestHandler {
  return (request, response, next) => {
    const { method } = request;
    const span = tracing.start(method, {
      kind: 'server',
      parent: request.get('traceparent') ?? null,
      facts: { 'http.request.method': method },
    });
    const end = () => {
      const { statusCode } = response;
      const facts = { 'http.route': routeOf(request), 'http.response.status_code': statusCode };
      span.end(facts, statusCode >= 500 ? String(statusCode) : undefined);
    };
    response.once('close', guarded(end, failed));
    if (span.traceparent === null) next();
    else within(span.traceparent, next);
  };
}

/** `/v1/jobs/:id`; of a request that no route took, nothing. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : '';
  return typeof path === 'string' ? path : '';
}
