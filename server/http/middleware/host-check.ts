import type { RequestHandler } from 'express';
import { isIP } from 'node:net';
import { AppError } from '../../errors';

/**
 * Refuses names that this sidecar was not told to answer to, so that a page on the web cannot reach it by pointing its
 * own name at 127.0.0.1. Literal addresses are fine: a browser cannot be tricked into them by DNS.
 */
export function checkHost(allowed: readonly string[]): RequestHandler {
  const names = new Set(['localhost', ...allowed.map((name) => name.toLowerCase())]);
  return (request, _response, next) => {
    // Probes of load balancers speak HTTP/1.0, which knows no Host; a browser never does.
    if (request.httpVersion === '1.0' && request.headers.host === undefined) {
      next();
      return;
    }
    // Two of them are two opinions on who is meant (RFC 9112, 3.2); Node would silently take the first.
    if (hostHeaders(request.rawHeaders) !== 1) {
      next(new AppError('HOST_REFUSED'));
      return;
    }
    const host = (request.headers.host ?? '').toLowerCase();
    const name = host.replace(/:\d{1,5}$/, '');
    const address = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
    if (names.has(name) || names.has(host) || isIP(address) !== 0) {
      next();
      return;
    }
    next(new AppError('HOST_REFUSED'));
  };
}

function hostHeaders(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
}
