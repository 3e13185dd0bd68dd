import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import { guarded } from '../../background';
import { AppError } from '../../errors';
import type { HeldPicture } from '../../intake/held-pictures';
import { bodyTakes } from '../body/grants';
import { checkBody, openPicture, TEXT_BYTES } from '../body/read-json';
import { bytesOf } from '../request-bytes';
import type { Services } from '../services';

/** A form has the picture and a few fields, which are not read. */
const LIMITS = { fields: 100, fieldSize: 10_000, fieldNameSize: 200, files: 1, parts: 101, headerPairs: 50 };

const notAForm = (cause?: unknown) =>
  new AppError('BAD_REQUEST', { problems: [{ where: 'body', problem: 'is not a form' }] }, { cause });

/**
 * The file in the field `name` of a form, kept on disk while it arrives. Gives the name it is held under; nothing is
 * written under a name that came with it. Throws BAD_REQUEST, IMAGE_MISSING, MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE.
 */
export async function holdFormFile(request: Request, services: Services, name: string): Promise<string> {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(contentType)) throw new AppError('MEDIA_TYPE_UNSUPPORTED');
  const most = services.maxBytes + TEXT_BYTES;
  checkBody(request, most);
  let picture: HeldPicture | null = null;
  const parser = parserOf(contentType);
  const parsed = new Promise<void>((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(notAForm(cause));
    };
    const take = (field: string, file: BusboyFileStream) => {
      // A body that ends within a file is an error of this stream too, and an `error` event without a listener ends the process.
      file.on('error', fail);
      if (field === name && picture === null) {
        picture = openPicture(request, services.pictures);
        hold(file, picture, reject);
      } else file.resume();
    };
    parser.on('file', guarded(take, reject));
    parser.once('finish', resolve);
    parser.on('error', fail);
  });
  // A body that breaks off is reported by the loop below.
  parsed.catch(() => undefined);
  let length = 0;
  for await (const chunk of bytesOf(request)) {
    length += chunk.length;
    if (length > most) throw new AppError('BODY_TOO_LARGE');
    if (!parser.write(Buffer.from(chunk))) await Promise.race([parsed, drained(parser)]);
  }
  parser.end();
  await parsed;
  bodyTakes(request, 0);
  return nameOf(picture);
}

function nameOf(picture: HeldPicture | null): string {
  if (picture === null) throw new AppError('IMAGE_MISSING');
  return picture.name;
}

function parserOf(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch (cause) {
    throw notAForm(cause);
  }
}

/** An event has no caller to throw at: a full disk is told through `fail`. */
function hold(file: BusboyFileStream, picture: HeldPicture, fail: (cause: unknown) => void): void {
  file.on(
    'data',
    guarded((chunk: Buffer) => picture.write(chunk), fail),
  );
  file.once(
    'end',
    guarded(() => picture.end(true), fail),
  );
}

function drained(parser: BusboyInstance): Promise<void> {
  return new Promise((resolve) => {
    parser.once('drain', () => {
      resolve();
    });
  });
}
