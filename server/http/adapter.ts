import express, { type Request, type RequestHandler, type Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors';
import { principalOf, requireScope } from './middleware/authenticate';
import type { BodyKind, Reply, Route } from './route';
import type { Services, SiteServices } from './services';
import { speakerOf, type Speaker } from './speaker';

const JSON_LIMIT = 65_536;

/** The chain of handlers that express runs for a route. */
export function handlersOf(route: Route, services: Services): RequestHandler[] {
  return [
    (request, _response, next) => {
      requireScope(route.access, principalOf(request));
      next();
    },
    ...bodyParsers(route.bodyKind ?? 'none', route.jsonLimit ?? JSON_LIMIT),
    (request, response) => answer(route, services, request, response),
  ];
}

function bodyParsers(kind: BodyKind, limit: number): RequestHandler[] {
  if (kind === 'image' || kind === 'own') return [];
  const parse: RequestHandler = express.json({ limit, strict: true, inflate: false, type: isJson });
  if (kind === 'json-or-image') return [parse];
  if (kind === 'none') return [];
  const need: RequestHandler = (request, _response, next) => {
    next(isJson(request) ? undefined : new AppError('MEDIA_TYPE_UNSUPPORTED'));
  };
  return [need, parse];
}

/** Express types the request of a `type` function as Node's own; only the header is looked at. */
export function isJson(request: { headers: { 'content-type'?: string | undefined } }): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

async function answer(route: Route, services: Services, request: Request, response: Response): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const principal = principalOf(request);
  const body: unknown = request.body;
  const speaker = speakerOf(request);
  const reply = await route.run({
    params: { ...request.params },
    query: { ...request.query },
    body,
    principal,
    speaker,
    services,
    get site() {
      return siteOf(services, principal?.siteId ?? null, speaker);
    },
    request,
    signal: gone.signal,
  });
  if (gone.signal.aborted) return;
  await send(reply, response);
}

function siteOf(services: Services, siteId: string | null, speaker: Speaker): SiteServices {
  const site = siteId === null ? null : services.forSite(siteId, speaker);
  if (site === null) throw new AppError('SCOPE_MISSING');
  return site;
}

async function send(reply: Reply, response: Response): Promise<void> {
  response.status(reply.status);
  response.setHeader('cache-control', 'no-store');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.file !== undefined) {
    await sendFile(response, reply.file);
    return;
  }
  if (reply.stream !== undefined) {
    // A client that goes away in the middle is no error; the work behind it is told by the signal.
    await pipeline(Readable.from(reply.stream), response).catch(() => undefined);
    return;
  }
  if (reply.body === undefined) response.end();
  else if (typeof reply.body === 'string') response.send(reply.body);
  else response.json(reply.body);
}

function sendFile(response: Response, file: { path: string; mediaType: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    response.type(file.mediaType);
    response.sendFile(file.path, { dotfiles: 'allow', cacheControl: false, acceptRanges: false }, (error) => {
      // The client went away, or the file did (retention): both are normal.
      if (error === undefined || response.headersSent) resolve();
      else reject(new AppError('NOT_FOUND', {}, { cause: error }));
    });
  });
}
