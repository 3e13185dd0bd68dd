import type { Request } from 'express';
import { z } from 'zod';
import { Sha256 } from '../../../contract/primitives';
import { AppError } from '../../../errors';
import type { StoredImage } from '../../../intake/image-store';
import { defineRoute, type Route } from '../../route';
import { readBody } from '../body';
import { spoolPicture } from '../picture';
import { baseOf } from './address';
import { replicate } from './errors';

/** Most hours an upload is promised to stay; retention may remove it once it has been captioned. */
const KEPT_HOURS = 24;

/**
 * The field `content` of a form. Node's own parser reads it, from a body that is bounded already: no dependency, and
 * nothing is written under a name that came with it.
 */
async function formContent(body: Buffer, contentType: string | undefined): Promise<Uint8Array> {
  if (!/^multipart\/form-data\b/i.test(contentType ?? '')) throw new AppError('MEDIA_TYPE_UNSUPPORTED');
  const form = new Response(new Uint8Array(body), { headers: { 'content-type': contentType ?? '' } });
  const fields = await form.formData().catch((cause: unknown) => {
    throw new AppError('BAD_REQUEST', { problems: [{ where: 'body', problem: 'is not a form' }] }, { cause });
  });
  const content = fields.get('content');
  if (content === null || typeof content === 'string') throw new AppError('IMAGE_MISSING');
  return new Uint8Array(await content.arrayBuffer());
}

/** Every field is read by one of the clients. */
function bodyOf(image: StoredImage, request: Request) {
  const now = Date.now();
  return {
    id: image.sha256,
    name: `${image.sha256.slice(0, 16)}.${image.mediaType.replace(/^image\//, '')}`,
    content_type: image.mediaType,
    size: image.bytes,
    etag: image.sha256,
    checksums: { sha256: image.sha256 },
    metadata: {},
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + KEPT_HOURS * 3_600_000).toISOString(),
    urls: { get: `${baseOf(request)}/files/${image.sha256}` },
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
      const body = await readBody(request, services.maxBytes);
      const content = await formContent(body, request.headers['content-type']);
      const { image } = await site.images.put(await spoolPicture(content, services));
      return { status: 201, body: bodyOf(image, request) };
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
    handle: ({ params, request, site }) => {
      const image = site.images.get(params.sha256);
      if (image === null) throw new AppError('NOT_FOUND');
      return { status: 200, body: bodyOf(image, request) };
    },
  }),
];
