import { json, Router, type Request, type RequestHandler, type Response } from 'express';
import type { Queue } from 'bull';
import { ConsoleBoardVisit, type ConsoleBoardReply } from '../../contract/console';
import { AppError, type ErrorCode } from '../../errors';
import type { PublicLinks } from '../public-links';
import { VISIT_MS, type BoardVisits, type Visit } from './board-visits';
import { makeBoard } from './bull-board';
import { BOARD_POLICY } from './content-policy';
import { cookieName, cookieOf } from './session-cookie';

/** Address of bull-board below the console. */
export const BOARD_PATH = '/console/bull-board';

/** What bull-board shows. */
export interface BoardSource {
  readonly queues: () => readonly Queue[];
  /** Why Redis cannot be asked; null when it answers now. */
  readonly problem: () => Promise<ErrorCode | null>;
}

export interface BoardParts {
  /** Null where the sidecar does not use Bull. */
  readonly source: BoardSource | null;
  readonly visits: BoardVisits;
  readonly links: PublicLinks;
  /** The administrator whose console sends the request. Throws KEY_MISSING, KEY_INVALID, SCOPE_MISSING. */
  readonly administrator: (request: Request) => { readonly keyId: string };
}

/** bull-board, read-only, for administrators who opened it from the console in the last minutes. */
export function boardHandler({ source, visits, links, administrator }: BoardParts): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  router.post('/visit', json({ limit: 2048, strict: true, inflate: false }), (request, response) => {
    const { keyId } = administrator(request);
    if (source === null) throw new AppError('BULL_NOT_USED');
    const wish = ConsoleBoardVisit.safeParse(request.body);
    if (!wish.success) throw new AppError('BAD_REQUEST');
    const path = `${wish.data.path}${BOARD_PATH.slice(1)}/`;
    response.cookie(cookieName(request, 'board'), visits.begin(keyId, path), {
      httpOnly: true,
      sameSite: 'strict',
      path,
      maxAge: VISIT_MS,
      secure: links.isSecure(request),
    });
    const body: ConsoleBoardReply = { path };
    response.setHeader('cache-control', 'no-store').status(200).json(body);
  });
  router.use((request, response, next) => {
    if (source === null) throw new AppError('BULL_NOT_USED');
    // Everything that bull-board could change comes by another method.
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      throw new AppError('METHOD_NOT_ALLOWED');
    }
    const visit = visits.get(cookieOf(request, cookieName(request, 'board')) ?? '');
    if (visit === null) answerNoVisit(request, response);
    else
      show(source, visit, request).then((board) => {
        response.setHeader('content-security-policy', BOARD_POLICY);
        board(request, response, next);
      }, next);
  });
  return router;
}

/** Throws why Redis cannot be asked, where it would be. */
async function show(source: BoardSource, visit: Visit, request: Request): Promise<RequestHandler> {
  const problem = request.path.startsWith('/api/') ? await source.problem() : null;
  if (problem !== null) throw new AppError(problem);
  visit.board ??= makeBoard(source.queues(), visit.path);
  return visit.board;
}

/** A person who comes by a bookmark, or too late, gets a page; the page itself, asking for figures, gets an error. */
function answerNoVisit(request: Request, response: Response): void {
  if (request.accepts('html') === false || request.path.startsWith('/api/')) throw new AppError('KEY_MISSING');
  const up = '../'.repeat(request.path.split('/').length);
  response.setHeader('content-type', 'text/html; charset=utf-8').setHeader('cache-control', 'no-store').status(401);
  response.end(`<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Not logged in · Altsmith</title>
  <h1>You are not logged in to this page</h1>
  <p>The jobs in Redis are shown to administrators for ten minutes at a time. Open them from the
  <a href="${up}#workers">Workers page of the console</a>.</p>
</html>
`);
}
