import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { AppError } from '../errors';
import { handlersOf } from './adapter';
import { foreignKey } from './compat/credentials';
import { faceOf } from './compat/faces';
import { authenticate } from './middleware/authenticate';
import { answerErrors } from './middleware/errors';
import { checkHost } from './middleware/host-check';
import { LoginGuard } from './middleware/login-guard';
import { requestId } from './middleware/request-id';
import { logRequests } from './middleware/request-log';
import type { Access, Route } from './route';
import type { Services } from './services';

export interface RouterOptions {
  /** Names in the Host header to answer to, beside localhost and literal addresses. */
  readonly hosts: readonly string[];
  /** Whether programs on this machine need no key where a route has the access `site-or-local`. */
  readonly letLocalIn: boolean;
  /** Mounted before authentication: the console's static files and its session. */
  readonly measure: express.RequestHandler;
  readonly console?: express.RequestHandler;
}

/** The express application: the same few steps for every request, then its route. */
export function createRouter(services: Services, routes: readonly Route[], options: RouterOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.use(requestId);
  app.use(logRequests(services.logger));
  app.use(options.measure);
  app.use(securityHeaders());
  app.use(checkHost(options.hosts));
  if (options.console !== undefined) app.use(options.console);
  app.use(
    authenticate({
      checkKey: services.checkKey,
      guard: new LoginGuard(() => performance.now()),
      accessOf: accessFinder(routes),
      letLocalIn: options.letLocalIn,
      foreignKeyOf: (request) => (faceOf(request.path) === null ? undefined : foreignKey(request)),
    }),
  );
  for (const route of routes) app[route.method](expressPath(route.path), ...handlersOf(route, services));
  for (const path of new Set(routes.map((route) => expressPath(route.path)))) {
    app.all(path, () => {
      throw new AppError('METHOD_NOT_ALLOWED');
    });
  }
  app.use(() => {
    throw new AppError('NOT_FOUND');
  });
  app.use(answerErrors(services.logger, services.translate, faceOf));
  return app;
}

function securityHeaders(): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // The sidecar speaks plain HTTP; whoever puts TLS in front of it decides about this one.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

/** `/v1/jobs/{id}` in express's words. */
export function expressPath(path: string): string {
  return path.replace(/\{\*(\w+)\}/g, '*$1').replace(/\{(\w+)\}/g, ':$1');
}

function accessFinder(routes: readonly Route[]): (request: Request) => Access | null {
  const patterns = routes.map((route) => ({
    method: route.method.toUpperCase(),
    pattern: new RegExp(
      `^${route.path
        .replace(/[.]/g, '\\.')
        .replace(/\{\*\w+\}/g, '.+')
        .replace(/\{\w+\}/g, '[^/]+')}$`,
    ),
    access: route.access,
  }));
  return (request) =>
    patterns.find(({ method, pattern }) => method === request.method && pattern.test(request.path))?.access ?? null;
}
