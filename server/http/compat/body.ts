import type { Request } from 'express';
import { AppError } from '../../errors';
import { bytesOf } from '../request-bytes';

/** Base64 adds a third, and one client sends the same picture twice in one body. */
const BODY_PER_IMAGE_BYTE = (2 * 4) / 3;
/** Room for the text around the pictures. */
const TEXT_BYTES = 1_000_000;

/** The whole body, in memory: these APIs wrap pictures in JSON. Throws BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED. */
export async function readBody(request: Request, maxImageBytes: number): Promise<Buffer> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new AppError('MEDIA_TYPE_UNSUPPORTED');
  const limit = Math.ceil(maxImageBytes * BODY_PER_IMAGE_BYTE) + TEXT_BYTES;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytesOf(request)) {
    length += chunk.length;
    if (length > limit) throw new AppError('BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as JSON, whatever media type it claims: several clients send none. Throws BAD_REQUEST. */
export async function readJson(request: Request, maxImageBytes: number): Promise<unknown> {
  return parseJson(await readBody(request, maxImageBytes));
}

export function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch (cause) {
    throw new AppError('BAD_REQUEST', { problems: [{ where: 'body', problem: 'is not JSON' }] }, { cause });
  }
}
