import { ModelError, type ModelErrorCode } from '../model-error';
import type { ModelServer } from './model-server';

/** No answer to a short question is longer, whatever the server sends. */
const MOST_REPLY_BYTES = 1_000_000;
const PROBE_TIMEOUT_MS = 10_000;

interface Request {
  readonly path: string;
  /** Sent as JSON with POST; without it the request is a GET. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** A server that does not take `max_tokens` or `temperature`: newer models of some makers want neither. */
export class ParameterRefused extends ModelError {}

/** Only looked at to tell what was refused; the server's own words go nowhere. */
const REFUSES_PARAMETER = /max_tokens|max_completion_tokens|temperature/;

/** Why a server's answer is none. 401, 403, 404 and redirects hold for every picture alike: key, model's name or address are wrong. */
function codeOf(status: number): ModelErrorCode {
  if ([401, 403, 404].includes(status) || isRedirect(status)) return 'MODEL_SERVER_REFUSED';
  return status === 429 || status === 503 ? 'MODEL_SERVER_BUSY' : 'MODEL_SERVER_FAILED';
}

/** The server's own words never get into a message: they are a stranger's text. */
function failure(code: ModelErrorCode, { address }: ModelServer, what: string, cause?: unknown): ModelError {
  return new ModelError(code, `The model server ${address} ${what}.`, { cause });
}

/** Seconds until the server wants to be asked again, which it may say as a date; undefined where it says nothing. */
function retryAfterOf({ headers }: Response): number | undefined {
  const said = headers.get('retry-after') ?? '';
  const seconds = /^\d{1,9}$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** What is wrong with an answer that is none. Of where it points only the origin is told: the rest is a stranger's text. */
function fault({ status, headers }: Response, { address }: ModelServer): string {
  const location = headers.get('location');
  if (!isRedirect(status) || location === null || !URL.canParse(location, address)) {
    return `answered with status ${status}`;
  }
  const { origin } = new URL(location, address);
  return `redirects to ${origin}; write the address that it redirects to into ALTSMITH_MODEL_SERVER`;
}

/** Causes that lie behind the connection: the server was there, took the request, and let go of it. */
const LET_GO = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isLetGo(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause && LET_GO.has(String(cause.code));
}

async function send(server: ModelServer, { path, body, signal }: Request, limit: AbortSignal): Promise<Response> {
  try {
    return await fetch(server.address + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(server.key === null ? {} : { authorization: `Bearer ${server.key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The bytes of a picture go to the address of the settings, not to where that points.
      redirect: 'manual',
      signal: limit,
    });
  } catch (cause) {
    signal?.throwIfAborted();
    if (limit.aborted) throw failure('CAPTION_TIMEOUT', server, 'did not answer in time', cause);
    // A picture that brings the server down must not be sent for ever: that is its failure, not its absence.
    if (isLetGo(cause)) throw failure('MODEL_SERVER_FAILED', server, 'hung up without an answer', cause);
    throw failure('MODEL_SERVER_UNREACHABLE', server, 'cannot be reached', cause);
  }
}

async function readText(
  server: ModelServer,
  reply: Response,
  { signal }: Request,
  limit: AbortSignal,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = reply.body?.getReader();
  try {
    for (;;) {
      const part = await reader?.read();
      if (part?.value === undefined) break;
      length += part.value.length;
      if (length > MOST_REPLY_BYTES) break;
      chunks.push(part.value);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (limit.aborted) throw failure('CAPTION_TIMEOUT', server, 'did not finish its answer in time', cause);
    throw failure('MODEL_SERVER_FAILED', server, 'broke off in the middle of its answer', cause);
  }
  if (length > MOST_REPLY_BYTES) {
    await reader?.cancel();
    throw failure('MODEL_SERVER_FAILED', server, 'answered with far too much');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * One request. Throws ModelError MODEL_SERVER_UNREACHABLE, MODEL_SERVER_REFUSED, MODEL_SERVER_BUSY, MODEL_SERVER_FAILED,
 * CAPTION_TIMEOUT, and the reason of `signal`.
 */
export async function askServer(server: ModelServer, request: Request): Promise<unknown> {
  const timeout = AbortSignal.timeout(server.timeoutMs);
  const limit = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  const reply = await send(server, request, limit);
  if (reply.status === 400 && REFUSES_PARAMETER.test(await readText(server, reply, request, limit))) {
    const message = `The model server ${server.address} does not take max_tokens or temperature.`;
    throw new ParameterRefused('MODEL_SERVER_FAILED', message);
  }
  if (!reply.ok) {
    if (!reply.bodyUsed) await reply.body?.cancel();
    const options = { retryAfterSeconds: retryAfterOf(reply) };
    throw new ModelError(codeOf(reply.status), `The model server ${server.address} ${fault(reply, server)}.`, options);
  }
  const text = await readText(server, reply, request, limit);
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    throw failure('MODEL_SERVER_FAILED', server, 'answered with something that is no JSON', cause);
  }
}

/**
 * Whether the server is there and takes the key. Any answer will do but a redirect: not every server has a list of models.
 * Throws ModelError MODEL_SERVER_UNREACHABLE, MODEL_SERVER_REFUSED, MODEL_SERVER_FAILED, CAPTION_TIMEOUT.
 */
export async function probeServer(server: ModelServer): Promise<void> {
  const limit = AbortSignal.timeout(Math.min(server.timeoutMs, PROBE_TIMEOUT_MS));
  const reply = await send(server, { path: '/models' }, limit);
  await reply.body?.cancel();
  if ([401, 403].includes(reply.status) || isRedirect(reply.status)) {
    throw failure('MODEL_SERVER_REFUSED', server, fault(reply, server));
  }
}
