import { z } from 'zod';
import { AccessKey, AccessKeyReply, AccessKeyRequest, NewKeyReply, RotateRequest } from '../../contract/admin';
import { Id, page } from '../../contract/primitives';
import { AppError } from '../../errors';
import type { KeyRow, KeyStore } from '../../sites/key-store';
import { defineRoute } from '../route';

const PATH = '/v1/admin/keys';
const Params = z.strictObject({ id: Id });

const timestamp = (at: number) => new Date(at).toISOString();

/** Member by member, so that nothing of a row reaches a client that is not meant to. */
function keyOf(row: KeyRow): AccessKey {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    site_id: row.site_id,
    created_at: timestamp(row.created_at),
    expires_at: row.expires_at === null ? null : timestamp(row.expires_at),
    revoked_at: row.revoked_at === null ? null : timestamp(row.revoked_at),
  };
}

function need(keys: KeyStore, id: string): KeyRow {
  const row = keys.get(id);
  if (row === undefined) throw new AppError('NOT_FOUND');
  return row;
}

export const listKeys = defineRoute({
  method: 'get',
  path: PATH,
  access: 'admin',
  summary: 'All keys, or those of one site. Never what opens anything.',
  query: z.strictObject({ site_id: Id.optional() }),
  answers: { 200: page(AccessKey) },
  handle: ({ query, services }) => ({
    status: 200,
    body: { items: services.administration.keys.list(query.site_id).map(keyOf), next: null },
  }),
});

export const createKey = defineRoute({
  method: 'post',
  path: PATH,
  access: 'admin',
  summary: 'A new key. The answer holds it; nothing else ever will.',
  bodyKind: 'json',
  body: AccessKeyRequest,
  answers: { 201: NewKeyReply },
  handle: ({ body, services }) => {
    const { keys, sites } = services.administration;
    const siteId = body.site_id ?? null;
    if (siteId !== null && sites.get(siteId) === null) throw new AppError('NOT_FOUND', { site_id: 'unknown' });
    const made = keys.create({ scope: body.scope, siteId, name: body.name });
    return { status: 201, body: { key: keyOf(need(keys, made.id)), secret: made.text } };
  },
});

export const rotateKey = defineRoute({
  method: 'post',
  path: `${PATH}/{id}/rotate`,
  access: 'admin',
  summary: 'A second key for the same owner; the old one goes on working for a while, but no longer than it had.',
  bodyKind: 'json',
  params: Params,
  body: RotateRequest,
  answers: { 201: NewKeyReply },
  handle: ({ params, body, services }) => {
    const { keys } = services.administration;
    const made = keys.rotate(params.id, body.overlap_seconds * 1000);
    if (made === null) throw new AppError('NOT_FOUND');
    return { status: 201, body: { key: keyOf(need(keys, made.id)), secret: made.text } };
  },
});

export const revokeKey = defineRoute({
  method: 'delete',
  path: `${PATH}/{id}`,
  access: 'admin',
  summary: 'The key stops working now. Its line stays, so that the log can be read later.',
  params: Params,
  answers: { 200: AccessKeyReply },
  handle: ({ params, services }) => {
    const { keys } = services.administration;
    need(keys, params.id);
    keys.revoke(params.id);
    return { status: 200, body: { key: keyOf(need(keys, params.id)) } };
  },
});
