import { AppError } from '../../errors';
import { notAPicture } from '../../intake/held-pictures';
import type { SpooledImage } from '../../intake/spool';
import { decodeBase64 } from '../body/base64';
import { readHead } from '../body/data-uri';
import { ownerOf, STREAM_BYTES } from '../body/grants';
import type { Services } from '../services';

/**
 * A picture as text: a data URI (its bytes are trusted, not its type), bare base64, an address, or the name under which
 * a long one is held since its body was read.
 */
export type PictureText = string;

/** The bytes that a text holds; null when it is an address. Throws BAD_REQUEST. */
export function pictureBytes(text: PictureText): Buffer | null {
  if (/^https?:/i.test(text)) return null;
  const head = readHead(text);
  const bytes = head.kind === 'bytes' ? decodeBase64(text.slice(head.from)) : null;
  if (bytes === null) throw notAPicture();
  return bytes;
}

// eslint-disable-next-line @typescript-eslint/require-await -- the other source of bytes is a stream
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * A checked file with the picture. Throws what intake throws, and URL_INPUT_OFF, URL_BLOCKED or URL_FETCH_FAILED for an
 * address; RATE_LIMITED and SIDECAR_BUSY where there is no room for another fetched one.
 */
export async function spoolPicture(
  picture: PictureText,
  { services, siteId }: { services: Services; siteId: string | null },
): Promise<SpooledImage> {
  if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
  const held = services.pictures.find(picture);
  if (held !== null) return services.spool(held.bytes());
  const bytes = pictureBytes(picture);
  if (bytes !== null) return services.spool(once(bytes));
  // Its own request was short, so nobody has kept room for it yet.
  const grant = services.admission.admit(ownerOf(siteId), { memory: STREAM_BYTES, disk: services.maxBytes });
  try {
    return await services.spool(await services.fetchPicture(picture));
  } finally {
    grant.release();
  }
}
