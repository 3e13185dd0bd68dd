import type { RequestHandler } from 'express';
import { guarded } from '../../background';
import type { Logger } from '../../logger';
import { principalOf } from './authenticate';
import { requestIdOf } from './request-id';

/**
 * One line a request, when it ends; its level from the status. The query stays out: it may hold what people wrote. A health check
 * that is answered as the one before is no news: containers ask every few seconds.
 */
export function logRequests(logger: Logger): RequestHandler {
  let readiness = 200;
  return (request, response, next) => {
    const started = performance.now();
    const tell = () => {
      const { statusCode } = response;
      const facts = {
        request_id: requestIdOf(response),
        method: request.method,
        path: loggedPath(request.path),
        status: response.writableFinished ? statusCode : 499,
        ms: Math.round(performance.now() - started),
        key_id: principalOf(request)?.keyId,
      };
      if (request.path === '/readyz' && (statusCode === 200 || statusCode === 503)) {
        logger[statusCode === readiness ? 'debug' : 'info'](facts, 'request ended');
        readiness = statusCode;
      } else if (statusCode >= 500) logger.error(facts, 'request ended');
      else if (statusCode >= 400) logger.warn(facts, 'request ended');
      else logger.debug(facts, 'request ended');
    };
    const failed = (error: unknown) => {
      logger.error({ err: error }, 'the end of a request could not be told');
    };
    response.once('close', guarded(tell, failed));
    next();
  };
}

/** A code that nobody has used yet opens the site to whoever reads the log. */
function loggedPath(path: string): string {
  return path.replace(/^(\/v1\/pairings\/).+/, '$1…').slice(0, 200);
}
