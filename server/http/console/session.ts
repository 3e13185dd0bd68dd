import { json, Router, type Request } from 'express';
import {
  ConsoleLogin,
  type ConsoleLoginReply,
  type ConsoleSession,
  type ConsoleSessionReply,
} from '../../contract/console';
import { AppError } from '../../errors';
import type { LoginGuard } from '../middleware/login-guard';
import type { Principal } from '../../sites/key-store';
import type { PublicLinks } from '../public-links';
import { dropCookie, isSameOrigin, keyOfConsole, presentedBy, setCookie } from './session-cookie';
import { splitKey } from './split-key';

export interface SessionParts {
  readonly checkKey: (key: string) => Principal | null;
  /** null when the site is gone. */
  readonly siteName: (siteId: string) => string | null;
  readonly guard: LoginGuard;
  readonly links: PublicLinks;
  /** Whether administrators can open bull-board. */
  readonly hasBoard: boolean;
  /** An administrator's key has left the browser. */
  readonly adminLeft: (keyId: string) => void;
}

/** Log-in, log-out, and "who am I" of the console's page. */
export function consoleSession(parts: SessionParts): Router {
  const router = Router();
  router.post('/console/session', json({ limit: 2048, strict: true, inflate: false }), (request, response) => {
    if (!isSameOrigin(request, parts.links)) throw new AppError('SCOPE_MISSING');
    const login = ConsoleLogin.safeParse(request.body);
    if (!login.success) throw new AppError('BAD_REQUEST');
    const session = sessionOf(parts, check(parts, request, login.data.key));
    const { cookie, pad } = splitKey(login.data.key);
    setCookie(request, response, { slot: session.slot, value: cookie, links: parts.links });
    const body: ConsoleLoginReply = { session, pad };
    response.setHeader('cache-control', 'no-store').status(200).json(body);
  });
  router.get('/console/session', (request, response) => {
    const key = keyOfConsole(request, parts.links);
    if (key === null) throw new AppError('KEY_MISSING');
    const body: ConsoleSessionReply = { session: sessionOf(parts, check(parts, request, key)) };
    response.setHeader('cache-control', 'no-store').status(200).json(body);
  });
  router.delete('/console/session', (request, response) => {
    const presented = presentedBy(request);
    if (presented !== null && isSameOrigin(request, parts.links)) {
      const key = keyOfConsole(request, parts.links);
      const principal = key === null ? null : parts.checkKey(key);
      if (principal?.scope === 'admin') parts.adminLeft(principal.keyId);
      dropCookie(request, response, { slot: presented.slot, links: parts.links });
    }
    response.status(204).end();
  });
  return router;
}

/** The administrator whose console sends the request. Throws KEY_MISSING, KEY_INVALID, SCOPE_MISSING. */
export function administratorOf(
  parts: Pick<SessionParts, 'checkKey' | 'guard' | 'links'>,
  request: Request,
): Principal {
  const key = keyOfConsole(request, parts.links);
  if (key === null) throw new AppError('KEY_MISSING');
  const principal = check(parts, request, key);
  if (principal.scope !== 'admin') throw new AppError('SCOPE_MISSING');
  return principal;
}

function check(
  { checkKey, guard }: Pick<SessionParts, 'checkKey' | 'guard'>,
  request: Request,
  key: string,
): Principal {
  const principal = checkKey(key);
  if (principal !== null) return principal;
  const from = request.ip ?? '';
  guard.check(from);
  guard.failed(from);
  throw new AppError('KEY_INVALID');
}

/** Keys for workers and for figures are for machines; they have nothing to see here. */
function sessionOf({ siteName, hasBoard }: SessionParts, { scope, keyId, siteId }: Principal): ConsoleSession {
  if (scope === 'worker' || scope === 'metrics') throw new AppError('SCOPE_MISSING');
  if (scope === 'admin') return { slot: 'admin', key_id: keyId, site: null, bull_board: hasBoard };
  const name = siteId === null ? null : siteName(siteId);
  if (siteId === null || name === null) throw new AppError('KEY_INVALID');
  return { slot: 'site', key_id: keyId, site: { id: siteId, name }, bull_board: false };
}
