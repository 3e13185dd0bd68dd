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
import { traceRequests } from './middleware/trace-requests';
import { logRequests } from './middleware/request-log';
import type { Access, Route } from './route';
import type { Services } from './services';
import type { TrustProxy } from './trusted-proxies';

export interface RouterOptions {
  /** Names in the Host header to answer to, beside localhost and literal addresses. */
  readonly hosts: readonly string[];
  /** Whether programs on this machine need no key where a route has the access `site-or-local`. */
  readonly letLocalIn: boolean;
  readonly trustProxy: TrustProxy;
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
  app.set('trust proxy', options.trustProxy);
  app.use(services.links.strip);
  app.use(requestId);
  app.use(logRequests(services.logger));
  const notTraced = (error: unknown) => {
    services.logger.error({ err: error }, 'a request could not be traced');
  };
  if (services.tracing.isOn) app.use(traceRequests(services.tracing, notTraced));
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
  for (const [path, allowed] of methodsByPath(routes)) {
    app.all(path, (_request, response) => {
      response.setHeader('allow', allowed);
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

/** What may be done with each address, as the header `Allow` says it. */
function methodsByPath(routes: readonly Route[]): Map<string, string> {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of routes) {
    const known = methods.get(expressPath(path)) ?? new Set();
    methods.set(expressPath(path), known.add(method.toUpperCase()));
    if (method === 'get') known.add('HEAD');
  }
  return new Map([...methods].map(([path, known]) => [path, [...known].sort().join(', ')]));
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
  const accessOf = (wanted: string, path: string) =>
    patterns.find(({ method, pattern }) => method === wanted && pattern.test(path))?.access ?? null;
  // HEAD is GET without the body, except where it has a route of its own.
  return ({ method, path }) => accessOf(method, path) ?? (method === 'HEAD' ? accessOf('GET', path) : null);
}
