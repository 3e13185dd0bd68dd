import { z } from 'zod';
import { Sha256 } from '../../../contract/primitives';
import { AppError } from '../../../errors';
import type { StoredImage } from '../../../intake/image-store';
import { defineRoute, type Route } from '../../route';
import { holdFormFile } from '../form';
import { spoolPicture } from '../picture';
import { replicate } from './errors';

/** Hours that an upload is promised to stay. */
const KEPT_HOURS = 24;

/**
 * Every field is read by one of the clients. Throws NOT_FOUND for a picture whose bytes are gone, or whose time nobody was
 * promised: it did not come as an upload.
 */
function bodyOf(image: StoredImage | null, base: string) {
  if (image?.keptUntil == null || !image.hasOriginal) throw new AppError('NOT_FOUND');
  return {
    id: image.sha256,
    name: `${image.sha256.slice(0, 16)}.${image.mediaType.replace(/^image\//, '')}`,
    content_type: image.mediaType,
    size: image.bytes,
    etag: image.sha256,
    checksums: { sha256: image.sha256 },
    metadata: {},
    created_at: new Date(image.receivedAt).toISOString(),
    expires_at: new Date(image.keptUntil).toISOString(),
    urls: { get: `${base}/replicate/v1/files/${image.sha256}` },
  };
}

export const files: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/replicate/v1/files',
    access: 'site',
    face: replicate,
    summary: 'Replicate: store a picture that a run will name.',
    bodyKind: 'own',
    answers: { 201: null },
    handle: async ({ request, services, site }) => {
      site.images.requireRoom('', Number(request.headers['content-length'] ?? 0));
      const picture = await holdFormFile(request, services, 'content');
      const { image } = await site.images.put(await spoolPicture(picture, { services, siteId: site.id }));
      site.images.keepUntil(image.sha256, Date.now() + KEPT_HOURS * 3_600_000);
      return { status: 201, body: bodyOf(site.images.get(image.sha256), services.links.base(request)) };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/replicate/v1/files/{sha256}',
    access: 'site',
    face: replicate,
    summary: 'Replicate: what is known of a stored picture.',
    params: z.strictObject({ sha256: Sha256 }),
    answers: { 200: null },
    handle: ({ params, request, services, site }) => {
      const image = site.images.hasBytes(params.sha256) ? site.images.get(params.sha256) : null;
      return { status: 200, body: bodyOf(image, services.links.base(request)) };
    },
  }),
];
