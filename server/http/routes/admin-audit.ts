import { z } from 'zod';
import { AuditEntry } from '../../contract/admin';
import { page } from '../../contract/primitives';
import { defineRoute } from '../route';

export const listAudit = defineRoute({
  method: 'get',
  path: '/v1/admin/audit',
  access: 'admin',
  summary: 'What administrators did, with which key or on the command line; newest first.',
  query: z.strictObject({
    after: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  answers: { 200: page(AuditEntry) },
  handle: ({ query, services }) => {
    const { items, next } = services.administration.audit.list(query.after, query.limit);
    const shown = items.map(({ at, keyId, action, target, details, outcome }): AuditEntry => ({
      at: new Date(at).toISOString(),
      key_id: keyId,
      action,
      target,
      details,
      outcome,
    }));
    return { status: 200, body: { items: shown, next: next === null ? null : String(next) } };
  },
});
