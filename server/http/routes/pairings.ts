import { z } from 'zod';
import { ClaimedPairing, PairingReply, PairingRequest } from '../../contract/pairing';
import { AppError } from '../../errors';
import type { Principal } from '../../sites/key-store';
import { defineRoute } from '../route';
import type { Services } from '../services';

/** A site's key speaks for its own site, an administrator's for the one it names. Throws SCOPE_MISSING, NOT_FOUND. */
function siteOf(principal: Principal | null, named: string | undefined, { administration }: Services) {
  const isOwn = principal?.scope === 'site' && (named === undefined || named === principal.siteId);
  if (!isOwn && principal?.scope !== 'admin') throw new AppError('SCOPE_MISSING');
  const site = administration.sites.get((isOwn ? principal.siteId : named) ?? '');
  if (site === null) throw new AppError('NOT_FOUND', { site_id: named === undefined ? 'missing' : 'unknown' });
  return { id: site.id, name: site.name };
}

export const createPairing = defineRoute({
  method: 'post',
  path: '/v1/pairings',
  access: 'any',
  summary:
    'A one-time code, good for ten minutes, that a CMS exchanges for a key of the site. An administrator’s key names the site.',
  bodyKind: 'json',
  body: PairingRequest,
  answers: { 201: PairingReply },
  handle: ({ body, principal, services, request }) => {
    const site = siteOf(principal, body.site_id, services);
    const made = services.pairings.create({ siteId: site.id, name: body.name, madeBy: principal?.keyId ?? null });
    const address = services.links.base(request);
    return {
      status: 201,
      body: { pairing: { code: made.code, expires_in_seconds: made.lastsSeconds, site, address } },
    };
  },
});

export const claimPairing = defineRoute({
  method: 'post',
  path: '/v1/pairings/{code}',
  access: 'open',
  summary: 'The key that the code stands for, once. Wrong codes are slowed down.',
  params: z.strictObject({ code: z.string().max(100) }),
  answers: { 201: ClaimedPairing },
  handle: ({ params, services, request }) => {
    const { key, siteId } = services.pairings.claim(params.code, request.ip ?? '');
    const name = services.administration.sites.get(siteId)?.name ?? '';
    return { status: 201, body: { key, site: { id: siteId, name } }, headers: { 'cache-control': 'no-store' } };
  },
});
