import type { Request } from 'express';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { guarded } from '../../background';
import { AppError } from '../../errors';
import type { HeldPicture, HeldPictures } from '../../intake/held-pictures';
import { bytesOf } from '../request-bytes';
import { bodyTakes } from './grants';
import { JsonScanner } from './json-scanner';

export interface JsonLimits {
  /** Most bytes of the whole body. */
  readonly bodyBytes: number;
  /** Most bytes of it without its pictures. */
  readonly textBytes: number;
  /** Where pictures go; absent: the body has none, and long texts stay as they are. */
  readonly pictures?: HeldPictures;
}

/** After so many bytes others get a turn; a fast client sends some megabytes in one. */
const TURN_BYTES = 256 * 1024;

/** Room for the text around pictures. */
export const TEXT_BYTES = 1_000_000;

/** Throws MEDIA_TYPE_UNSUPPORTED for a compressed body, BODY_TOO_LARGE when a longer one is announced. */
export function checkBody(request: Request, mostBytes: number): void {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new AppError('MEDIA_TYPE_UNSUPPORTED');
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw new AppError('BODY_TOO_LARGE');
}

/**
 * The JSON of a body; undefined when it is empty. Pictures in it stand under a name that `pictures` knows until the
 * answer is sent. Throws BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, BAD_REQUEST.
 */
export async function readJson(
  request: Request,
  limits: JsonLimits,
  source: AsyncIterable<Uint8Array> = bytesOf(request),
): Promise<unknown> {
  checkBody(request, limits.bodyBytes);
  const { pictures, textBytes, bodyBytes } = limits;
  const scanner = new JsonScanner({
    textBytes,
    ...(pictures === undefined ? {} : { openPicture: () => openPicture(request, pictures) }),
  });
  let length = 0;
  let sinceTurn = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > bodyBytes) throw new AppError('BODY_TOO_LARGE');
    scanner.push(chunk);
    sinceTurn += chunk.length;
    if (sinceTurn >= TURN_BYTES) {
      sinceTurn = 0;
      await yieldToEventLoop();
    }
  }
  const text = scanner.end();
  bodyTakes(request, text.length);
  return length === 0 ? undefined : parseJson(text);
}

/** More pictures than any route takes. */
const MOST_PICTURES = 16;
const opened = new WeakMap<Request, HeldPicture[]>();

/**
 * A place for a picture of this request; it is removed when the answer is sent or the client has gone.
 * Throws TOO_MANY_IMAGES.
 */
export function openPicture(request: Request, pictures: HeldPictures): HeldPicture {
  const mine = opened.get(request) ?? [];
  if (mine.length >= MOST_PICTURES) throw new AppError('TOO_MANY_IMAGES', { most: MOST_PICTURES });
  const picture = pictures.open();
  mine.push(picture);
  if (mine.length > 1) return picture;
  opened.set(request, mine);
  const remove = () => {
    for (const one of mine) pictures.remove(one);
  };
  request.res?.once('close', guarded(remove, pictures.notRemoved));
  return picture;
}

function parseJson(bytes: Buffer): unknown {
  try {
    // Some programs begin their files with a byte order mark.
    const value: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    return value;
  } catch (cause) {
    throw new AppError('BAD_REQUEST', { problems: [{ where: 'body', problem: 'is not JSON' }] }, { cause });
  }
}
