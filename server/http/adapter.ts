import type { Request, RequestHandler, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inBackground } from '../background';
import { AppError } from '../errors';
import { admitBody, announcedBytes, STREAM_BYTES } from './body/grants';
import { readJson, TEXT_BYTES } from './body/read-json';
import { mostBodyBytes } from './compat/body';
import { principalOf, requireScope } from './middleware/authenticate';
import type { Reply, Route } from './route';
import { isListBody, sendList } from './list-answer';
import type { Services, SiteServices } from './services';
import { speakerOf, type Speaker } from './speaker';

const JSON_LIMIT = 65_536;
/** What a body that the route reads by itself keeps in memory at most: the text around its pictures. */
const OWN_BYTES = TEXT_BYTES + STREAM_BYTES;

/** The chain of handlers that express runs for a route. */
export function handlersOf(route: Route, services: Services): RequestHandler[] {
  return [
    (request, _response, next) => {
      const principal = principalOf(request);
      requireScope(route.access, principal);
      if (principal?.siteId != null) services.siteRate.take(principal.siteId);
      if (route.captionsNow === true) services.requireCaptionRoom(principal?.siteId ?? null);
      next();
    },
    ...bodySteps(route, services),
    (request, response) => answer(route, services, request, response),
  ];
}

/** Lets the body in, and reads it where it is JSON. */
function bodySteps(route: Route, services: Services): RequestHandler[] {
  const { bodyKind = 'none', jsonLimit = JSON_LIMIT, hasPictures = false } = route;
  if (bodyKind === 'none') return [];
  const most = {
    json: jsonLimit,
    'json-or-image': jsonLimit,
    image: STREAM_BYTES,
    video: STREAM_BYTES,
    own: OWN_BYTES,
  }[bodyKind];
  const size = (request: Request) => ({
    memory: announcedBytes(request, most),
    disk: diskBytes(route, request, services),
  });
  const admit = admitBody(services.admission, size, (error) => {
    services.logger.error({ err: error }, 'the place of a body was not given back');
  });
  if (bodyKind === 'image' || bodyKind === 'video' || bodyKind === 'own') return [admit];
  const limits = {
    textBytes: jsonLimit,
    bodyBytes: jsonLimit + (hasPictures ? base64Bytes(services.maxBytes) : 0),
    ...(hasPictures ? { pictures: services.pictures } : {}),
  };
  const parse: RequestHandler = async (request, _response, next) => {
    if (isJson(request)) {
      if (!isUtf8(request)) throw new AppError('MEDIA_TYPE_UNSUPPORTED');
      // An empty body is an empty object: a request whose members may all be left out.
      if (hasBody(request)) request.body = (await readJson(request, limits)) ?? {};
    } else if (bodyKind === 'json') throw new AppError('MEDIA_TYPE_UNSUPPORTED');
    next();
  };
  return [admit, parse];
}

/** What pictures of a body take of the disk: one in base64 lies there as it came, and once more when it is looked at. */
function diskBytes({ bodyKind, hasPictures = false }: Route, request: Request, { maxBytes, videos }: Services): number {
  if (bodyKind === 'video') return announcedBytes(request, videos.maxBytes);
  if (bodyKind === 'image') return announcedBytes(request, maxBytes);
  if (bodyKind === 'own' || hasPictures) return Math.ceil(announcedBytes(request, mostBodyBytes(maxBytes)) * 1.5);
  return 0;
}

/** Base64 adds a third, and line breaks and escapes a little. */
const base64Bytes = (bytes: number) => Math.ceil(bytes * 1.4);

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
}

function isUtf8(request: Request): boolean {
  const charset = /;\s?charset="?([\w-]{1,20})/i.exec(request.headers['content-type'] ?? '')?.[1];
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset);
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
  const run = () =>
    route.run({
      params: { ...request.params },
      query: { ...request.query },
      body,
      principal,
      speaker,
      services,
      siteId: principal?.siteId ?? null,
      get site() {
        return siteOf(services, principal?.siteId ?? null, speaker);
      },
      request,
      signal: gone.signal,
    });
  const isAudited = route.access === 'admin' && route.method !== 'get';
  const reply = await (isAudited ? audited(run, route, request, services) : run());
  if (gone.signal.aborted) return;
  if (reply.location !== undefined) response.setHeader('location', services.links.base(request) + reply.location);
  await send(reply, response);
}

/** Everything that an admin key changes is kept and logged: a route cannot forget it. What cannot be kept is not done. */
async function audited(
  run: () => Promise<Reply>,
  route: Route,
  request: Request,
  { administration, logger }: Services,
): Promise<Reply> {
  const { id } = request.params;
  const event = {
    keyId: principalOf(request)?.keyId ?? null,
    action: `${route.method.toUpperCase()} ${route.path}`,
    target: typeof id === 'string' ? id : null,
  };
  const details: unknown = request.body;
  const begun = administration.audit.begin({ ...event, details });
  // What was done is done: that its end cannot be kept is no reason to answer with an error.
  const keepEnd = (end: () => void) => {
    inBackground(end, (error) => {
      logger.error({ err: error, action: event.action }, 'the audit log could not keep how an action ended');
    });
  };
  try {
    const reply = await run();
    keepEnd(() => begun.done());
    logger.info({ key_id: event.keyId, action: event.action, target: event.target }, 'administration');
    return reply;
  } catch (error) {
    keepEnd(() => begun.failed(error));
    throw error;
  }
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
    // nginx would keep the pieces back until it has a whole buffer of them.
    response.setHeader('x-accel-buffering', 'no');
    // A client that goes away in the middle is no error; the work behind it is told by the signal.
    await pipeline(Readable.from(reply.stream), response).catch(() => undefined);
    return;
  }
  if (reply.body === undefined) response.end();
  else if (typeof reply.body === 'string') response.send(reply.body);
  else if (isListBody(reply.body)) await sendList(response, reply.body);
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
