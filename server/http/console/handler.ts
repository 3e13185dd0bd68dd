import { Router, type RequestHandler } from 'express';
import { LoginGuard } from '../middleware/login-guard';
import type { Principal } from '../principal';
import type { PublicLinks } from '../public-links';
import { markConsole } from '../speaker';
import { consoleSession } from './session';
import { keyOfConsole } from './session-cookie';
import { serveConsoleFiles } from './static-files';

export interface ConsoleParts {
  /** The folder that server/cli/build.js writes the bundle to. */
  readonly folder: string;
  readonly checkKey: (key: string) => Principal | null;
  readonly siteName: (siteId: string) => string | null;
  readonly links: PublicLinks;
}

/** All that the page needs before authentication: its files, its log-in, and its key put where every client has it. */
export function createConsole({ folder, checkKey, siteName, links }: ConsoleParts): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(serveConsoleFiles(folder));
  router.use(consoleSession({ checkKey, siteName, links, guard: new LoginGuard(() => performance.now()) }));
  router.use((request, _response, next) => {
    const key = request.headers.authorization === undefined ? keyOfConsole(request, links) : null;
    if (key !== null) {
      request.headers.authorization = `Bearer ${key}`;
      markConsole(request);
    }
    next();
  });
  return router;
}
