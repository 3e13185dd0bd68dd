import { errorOfAnswer, sidecarDown, unexpectedReply } from './api-error';
import { sidecarAddress } from './address';
import { readPad, type Slot } from './pads';
import type { Check } from './shape';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly bytes?: Blob;
  readonly signal?: AbortSignal | undefined;
  /** Whose log-in speaks: the site's unless the address is an administrator's. */
  readonly slot?: Slot;
  /** The installation that is spoken for; else all of the site are seen. */
  readonly instance?: string | null;
}

function headersOf(path: string, call: Call): Headers {
  const headers = new Headers({ accept: 'application/json' });
  if (call.json !== undefined) headers.set('content-type', 'application/json');
  if (call.bytes !== undefined) headers.set('content-type', call.bytes.type || 'application/octet-stream');
  if (call.instance != null) headers.set('altsmith-instance', call.instance);
  const slot = call.slot ?? (path.startsWith('/v1/admin/') ? 'admin' : 'site');
  headers.set('x-altsmith-console', `${slot}.${readPad(slot) ?? ''}`);
  return headers;
}

async function answerTo(path: string, call: Call): Promise<Response> {
  const body = call.bytes ?? (call.json === undefined ? null : JSON.stringify(call.json));
  try {
    // Relative to the page, which may lie under a path of the proxy.
    return await fetch(sidecarAddress() + path, {
      method: call.method ?? 'GET',
      headers: headersOf(path, call),
      body,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: call.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw sidecarDown();
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's own error page, for instance. Its status says enough.
    return null;
  }
}

/** Asks the sidecar. Throws ApiError for a refusal, for silence, and for an answer that the check does not know. */
export async function ask<T>(path: string, check: Check<T>, call: Call = {}): Promise<T> {
  const response = await answerTo(path, call);
  const body = await jsonOf(response);
  if (!response.ok) throw errorOfAnswer(response, body);
  if (!check(body)) throw unexpectedReply(path.split('?')[0] ?? path);
  return body;
}

/** The same for an answer without a body. */
export async function tell(path: string, call: Call = {}): Promise<void> {
  const response = await answerTo(path, call);
  if (!response.ok) throw errorOfAnswer(response, await jsonOf(response));
}

/** The same for an answer that is a file. */
export async function askForBytes(path: string, call: Call = {}): Promise<Blob> {
  const response = await answerTo(path, call);
  if (!response.ok) throw errorOfAnswer(response, await jsonOf(response));
  return response.blob();
}
