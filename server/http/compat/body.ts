import type { Request } from 'express';
import { AppError } from '../../errors';
import { bodyTakes } from '../body/grants';
import { checkBody, openPicture, readJson as readJsonBody, TEXT_BYTES } from '../body/read-json';
import { bytesOf } from '../request-bytes';
import type { Services } from '../services';

/** Base64 adds a third, and one client sends the same picture twice in one body. */
const BODY_PER_IMAGE_BYTE = (2 * 4) / 3;

/** Most bytes of a body with pictures, where one picture has `maxBytes` at most. */
export const mostBodyBytes = (maxBytes: number): number => Math.ceil(maxBytes * BODY_PER_IMAGE_BYTE) + TEXT_BYTES;

/**
 * The body as JSON, whatever media type it claims: several clients send none. Its pictures are on disk, under names.
 * Throws BAD_REQUEST, BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED.
 */
export async function readJson(
  request: Request,
  services: Services,
  source?: AsyncIterable<Uint8Array>,
): Promise<unknown> {
  const limits = { bodyBytes: mostBodyBytes(services.maxBytes), textBytes: TEXT_BYTES, pictures: services.pictures };
  const value = await readJsonBody(request, limits, source);
  if (value === undefined) throw new AppError('BAD_REQUEST', { problems: [{ where: 'body', problem: 'is not JSON' }] });
  return value;
}

/** A body that is a picture as it is, kept on disk. Gives its name. Throws BODY_MISSING. */
export async function holdBody(
  request: Request,
  services: Services,
  source: AsyncIterable<Uint8Array> = bytesOf(request),
): Promise<string> {
  checkBody(request, mostBodyBytes(services.maxBytes));
  const picture = openPicture(request, services.pictures);
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > mostBodyBytes(services.maxBytes)) throw new AppError('BODY_TOO_LARGE');
    picture.write(chunk);
  }
  if (length === 0) throw new AppError('BODY_MISSING');
  picture.end(true);
  bodyTakes(request, 0);
  return picture.name;
}
