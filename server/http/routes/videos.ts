import { unlink } from 'node:fs/promises';
import { z } from 'zod';
import { Sha256 } from '../../contract/primitives';
import { VideoReply } from '../../contract/video';
import { AppError } from '../../errors';
import { bytesOf } from '../request-bytes';
import { defineRoute } from '../route';
import { eraseImage, previewImageErasure } from './erasure';

const Params = z.strictObject({ sha256: Sha256 });

export const putVideo = defineRoute({
  method: 'put',
  path: '/v1/videos/{sha256}',
  access: 'site',
  summary: 'Store the bytes of a video once. 201 when they are new, 200 when they are known.',
  bodyKind: 'video',
  params: Params,
  answers: { 200: VideoReply, 201: VideoReply },
  handle: async ({ params, request, services, site }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    services.videos.requireDecoder();
    const { maxBytes } = services.videos;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBytes) throw new AppError('VIDEO_TOO_LARGE', { max_bytes: maxBytes });
    // A body of unknown length is checked once it is stored.
    site.images.requireRoom(params.sha256, announced);
    const spooled = await services.videos.spool(bytesOf(request));
    if (spooled.sha256 !== params.sha256) {
      await unlink(spooled.file);
      throw new AppError('HASH_MISMATCH', { sha256: spooled.sha256 });
    }
    const { video, isNew } = await site.videos.put(spooled);
    const { sha256, bytes, mediaType } = video;
    return {
      status: isNew ? 201 : 200,
      body: { video: { sha256, bytes, media_type: mediaType } },
      location: `/v1/videos/${sha256}`,
    };
  },
});

export const headVideo = defineRoute({
  method: 'head',
  path: '/v1/videos/{sha256}',
  access: 'site',
  summary: 'Are the bytes of this video here? 200 or 404.',
  params: Params,
  answers: { 200: null },
  handle: ({ params, site }) => {
    if (!site.videos.hasBytes(params.sha256)) throw new AppError('NOT_FOUND');
    return { status: 200 };
  },
});

export const getPoster = defineRoute({
  method: 'get',
  path: '/v1/videos/{sha256}/poster',
  access: 'site',
  summary:
    'The frame that is offered as the poster of a video: a JPEG of at most 768 pixels a side, or the frame that was sent; kept as long as its thumbnail.',
  params: Params,
  answers: { 200: 'image/*' },
  handle: ({ params, site }) => {
    const file = site.videos.poster(params.sha256);
    if (file === null) throw new AppError('NOT_FOUND');
    return {
      status: 200,
      file,
      headers: { 'cache-control': 'private, no-cache' },
    };
  },
});

/** A video is erased as a picture is: its bytes, its frames and its poster, and all that was written. */
export const eraseVideo = {
  ...eraseImage,
  path: '/v1/videos/{sha256}',
  summary:
    'Erase a video, its frames and its poster, and all that was written about it for the speaking instance. The answer says until when a backup holds it.',
};

export const previewVideoErasure = {
  ...previewImageErasure,
  path: '/v1/videos/{sha256}/erasure',
  summary: 'What DELETE of the video would erase, and until when a backup would hold it. Deletes nothing.',
};
