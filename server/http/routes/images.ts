import { unlink } from 'node:fs/promises';
import { z } from 'zod';
import { Sha256 } from '../../contract/primitives';
import { ImageReply } from '../../contract/status';
import { AppError } from '../../errors';
import type { StoredImage } from '../../intake/image-store';
import { bytesOf } from '../request-bytes';
import { defineRoute } from '../route';

const Params = z.strictObject({ sha256: Sha256 });

function replyOf(image: StoredImage): ImageReply {
  const { sha256, bytes, width, height, mediaType } = image;
  return { image: { sha256, bytes, width, height, media_type: mediaType } };
}

export const putImage = defineRoute({
  method: 'put',
  path: '/v1/images/{sha256}',
  access: 'site',
  summary: 'Store the bytes of an image once. 201 when they are new, 200 when they are known.',
  bodyKind: 'image',
  params: Params,
  answers: { 200: ImageReply, 201: ImageReply },
  handle: async ({ params, request, services, site }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    // A body of unknown length is checked once it is stored.
    site.images.requireRoom(params.sha256, Number(request.headers['content-length'] ?? 0));
    const spooled = await services.spool(bytesOf(request));
    if (spooled.sha256 !== params.sha256) {
      await unlink(spooled.file);
      throw new AppError('HASH_MISMATCH', { sha256: spooled.sha256 });
    }
    const { image, isNew } = await site.images.put(spooled);
    return { status: isNew ? 201 : 200, body: replyOf(image), location: `/v1/images/${image.sha256}` };
  },
});

export const headImage = defineRoute({
  method: 'head',
  path: '/v1/images/{sha256}',
  access: 'site',
  summary: 'Are the bytes of this image here? 200 or 404.',
  params: Params,
  answers: { 200: null },
  handle: ({ params, site }) => {
    if (!site.images.hasPicture(params.sha256)) throw new AppError('NOT_FOUND');
    return { status: 200 };
  },
});

export const getThumbnail = defineRoute({
  method: 'get',
  path: '/v1/images/{sha256}/thumbnail',
  access: 'site',
  summary: 'A small WebP of the image, made when it was captioned; of a video its poster.',
  params: Params,
  answers: { 200: 'image/webp' },
  handle: ({ params, site }) => {
    const hasThumbnail = site.images.get(params.sha256)?.hasThumbnail === true;
    // Workers elsewhere send none of a video's stills.
    const file = hasThumbnail
      ? { path: site.images.thumbnailPath(params.sha256), mediaType: 'image/webp' }
      : site.videos.poster(params.sha256);
    if (file === null) throw new AppError('NOT_FOUND');
    return {
      status: 200,
      file,
      headers: { 'cache-control': 'private, max-age=86400' },
    };
  },
});
