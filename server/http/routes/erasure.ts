import { z } from 'zod';
import { ErasureReply } from '../../contract/erasure';
import { Id, Sha256, Subject } from '../../contract/primitives';
import type { Erasing } from '../../retention/eraser';
import { defineRoute } from '../route';

function replyOf({ erased, backups, backupsUntil }: Erasing): ErasureReply {
  return {
    erased: { ...erased },
    backups,
    backups_until: backupsUntil === null ? null : new Date(backupsUntil).toISOString(),
  };
}

export const eraseImage = defineRoute({
  method: 'delete',
  path: '/v1/images/{sha256}',
  access: 'site',
  summary:
    'Erase a picture and all that was written about it for the speaking instance. The answer says until when a backup holds it.',
  params: z.strictObject({ sha256: Sha256 }),
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
  summary: 'Erase a site with its keys, pictures and texts. Its keys stop working at once.',
  params: z.strictObject({ id: Id }),
  answers: { 200: ErasureReply },
  handle: async ({ params, services }) => ({
    status: 200,
    body: replyOf(await services.administration.eraser.site(params.id)),
  }),
});
