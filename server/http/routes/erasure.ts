import { z } from 'zod';
import { ErasurePreviewReply, ErasureReply } from '../../contract/erasure';
import { Id, Sha256, Subject } from '../../contract/primitives';
import type { Erasing } from '../../retention/eraser';
import { defineRoute } from '../route';

const ImageParams = z.strictObject({ sha256: Sha256 });
/** A large site takes longer than any proxy waits for an answer. */
const SITE_ANSWER_MS = 5000;
const SiteParams = z.strictObject({ id: Id });

function inBackups({ backups, backupsUntil }: Erasing) {
  return { backups, backups_until: backupsUntil === null ? null : new Date(backupsUntil).toISOString() };
}

function replyOf(erasing: Erasing): ErasureReply {
  return { erased: { ...erasing.erased }, ...inBackups(erasing) };
}

function previewOf(erasing: Erasing): ErasurePreviewReply {
  return { would_erase: { ...erasing.erased }, ...inBackups(erasing) };
}

export const eraseImage = defineRoute({
  method: 'delete',
  path: '/v1/images/{sha256}',
  access: 'site',
  summary:
    'Erase a picture and all that was written about it for the speaking instance. The answer says until when a backup holds it.',
  params: ImageParams,
  answers: { 200: ErasureReply },
  handle: async ({ params, site }) => ({ status: 200, body: replyOf(await site.eraseImage(params.sha256)) }),
});

export const eraseSubject = defineRoute({
  method: 'delete',
  path: '/v1/subjects/{type}/{id}',
  access: 'site',
  summary:
    'Erase what was written for a subject of the speaking instance, and its pictures where no other subject shares them.',
  params: Subject,
  answers: { 200: ErasureReply },
  handle: async ({ params, site }) => ({ status: 200, body: replyOf(await site.eraseSubject(params)) }),
});

export const eraseSite = defineRoute({
  method: 'delete',
  path: '/v1/admin/sites/{id}',
  access: 'admin',
  summary:
    'Erase a site with its keys, pictures and texts. Its keys stop working at once; 202 when the rest takes longer than five seconds and goes on: the site is listed with erasing_since until it is over.',
  params: SiteParams,
  answers: { 200: ErasureReply, 202: ErasureReply },
  handle: async ({ params, services }) => {
    const { eraser } = services.administration;
    const erasing = await eraser.site(params.id, SITE_ANSWER_MS);
    return erasing === null
      ? { status: 202, body: replyOf(await eraser.underWay()) }
      : { status: 200, body: replyOf(erasing) };
  },
});

export const previewImageErasure = defineRoute({
  method: 'get',
  path: '/v1/images/{sha256}/erasure',
  access: 'site',
  summary: 'What DELETE of the picture would erase, and until when a backup would hold it. Deletes nothing.',
  params: ImageParams,
  answers: { 200: ErasurePreviewReply },
  handle: async ({ params, site }) => ({ status: 200, body: previewOf(await site.wouldErase.image(params.sha256)) }),
});

export const previewSubjectErasure = defineRoute({
  method: 'get',
  path: '/v1/subjects/{type}/{id}/erasure',
  access: 'site',
  summary: 'What DELETE of the subject would erase, and until when a backup would hold it. Deletes nothing.',
  params: Subject,
  answers: { 200: ErasurePreviewReply },
  handle: async ({ params, site }) => ({ status: 200, body: previewOf(await site.wouldErase.subject(params)) }),
});

export const previewSiteErasure = defineRoute({
  method: 'get',
  path: '/v1/admin/sites/{id}/erasure',
  access: 'admin',
  summary: 'What DELETE of the site would erase, and until when a backup would hold it. Deletes nothing.',
  params: SiteParams,
  answers: { 200: ErasurePreviewReply },
  handle: async ({ params, services }) => ({
    status: 200,
    body: previewOf(await services.administration.wouldErase.site(params.id)),
  }),
});
