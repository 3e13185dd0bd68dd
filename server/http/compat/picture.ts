import { AppError } from '../../errors';
import type { SpooledImage } from '../../intake/spool';
import type { Services } from '../services';

const DATA_URI = /^data:[^,]{0,200},/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** A picture as text: a data URI (its bytes are trusted, not its type), bare base64, or an address. */
export type PictureText = string;

const notAPicture = () =>
  new AppError('BAD_REQUEST', {
    problems: [{ where: 'image', problem: 'is neither a data URI nor base64; send the picture itself' }],
  });

/** The bytes that a text holds; null when it is an address. Throws BAD_REQUEST. */
export function pictureBytes(text: PictureText): Buffer | null {
  if (/^https?:/i.test(text)) return null;
  const [head = ''] = DATA_URI.exec(text) ?? [];
  if (head !== '' && !/;base64,$/i.test(head)) throw notAPicture();
  const base64 = text.slice(head.length).replace(/\s+/g, '');
  if (!BASE64.test(base64)) throw notAPicture();
  return Buffer.from(base64, 'base64');
}

// eslint-disable-next-line @typescript-eslint/require-await -- the other source of bytes is a stream
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * A checked file with the picture. Throws what intake throws, and URL_INPUT_OFF, URL_BLOCKED or URL_FETCH_FAILED for an
 * address.
 */
export async function spoolPicture(picture: PictureText | Uint8Array, services: Services): Promise<SpooledImage> {
  if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
  const bytes = typeof picture === 'string' ? pictureBytes(picture) : picture;
  if (bytes !== null) return services.spool(once(bytes));
  return services.spool(await services.fetchPicture(String(picture)));
}
