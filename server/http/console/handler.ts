import { Router, type Request, type RequestHandler } from 'express';
import { LoginGuard } from '../middleware/login-guard';
import type { Principal } from '../../sites/key-store';
import type { PublicLinks } from '../public-links';
import { markConsole } from '../speaker';
import { BOARD_PATH, boardHandler, type BoardSource } from './board-handler';
import { BoardVisits } from './board-visits';
import { administratorOf, consoleSession } from './session';
import { keyOfConsole } from './session-cookie';
import { serveConsoleFiles } from './static-files';

export interface ConsoleParts {
  /** The folder that server/cli/build.js writes the bundle to. */
  readonly folder: string;
  readonly checkKey: (key: string) => Principal | null;
  readonly siteName: (siteId: string) => string | null;
  readonly isKeyAlive: (keyId: string) => boolean;
  readonly links: PublicLinks;
  /** What bull-board shows; null where the sidecar does not use Bull. */
  readonly board: BoardSource | null;
}

/** All that the page needs before authentication: its files, its log-in, and its key put where every client has it. */
export function createConsole(parts: ConsoleParts): RequestHandler {
  const { folder, checkKey, siteName, links, board: source } = parts;
  const now = () => performance.now();
  const login = { checkKey, links, guard: new LoginGuard(now) };
  const visits = new BoardVisits(parts.isKeyAlive, now);
  const router = Router({ caseSensitive: true, strict: true });
  router.use(serveConsoleFiles(folder));
  const adminLeft = visits.endAllOf.bind(visits);
  router.use(consoleSession({ ...login, siteName, hasBoard: source !== null, adminLeft }));
  const administrator = (request: Request) => administratorOf(login, request);
  router.use(BOARD_PATH, boardHandler({ source, visits, links, administrator }));
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
