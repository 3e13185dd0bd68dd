import { z } from 'zod';
import { AdminSettings, Site, SiteChange, SiteReply, SiteRequest } from '../../contract/admin';
import { Id, page } from '../../contract/primitives';
import { AppError } from '../../errors';
import type { Site as StoredSite } from '../../sites/site-store';
import { defineRoute } from '../route';
import type { Services } from '../services';

const PATH = '/v1/admin/sites';

function siteOf({ id, name, settings, createdAt }: StoredSite, { administration }: Services): Site {
  const since = administration.eraser.siteSince(id);
  return {
    id,
    name,
    auto_approve_from: settings.auto_approve_from,
    auto_approve_most_bad: settings.auto_approve_most_bad,
    limits: settings.limits,
    storage: administration.storageOf(id),
    erasing_since: since === null ? null : new Date(since).toISOString(),
    created_at: new Date(createdAt).toISOString(),
  };
}

export const listSites = defineRoute({
  method: 'get',
  path: PATH,
  access: 'admin',
  summary: 'All sites of this sidecar, oldest first.',
  answers: { 200: page(Site) },
  handle: ({ services }) => ({
    status: 200,
    body: { items: services.administration.sites.list().map((site) => siteOf(site, services)), next: null },
  }),
});

export const createSite = defineRoute({
  method: 'post',
  path: PATH,
  access: 'admin',
  summary: 'A new site, without a key.',
  bodyKind: 'json',
  body: SiteRequest,
  answers: { 201: SiteReply },
  handle: ({ body, services }) => ({
    status: 201,
    body: { site: siteOf(services.administration.sites.create(body.name), services) },
  }),
});

export const changeSite = defineRoute({
  method: 'patch',
  path: `${PATH}/{id}`,
  access: 'admin',
  summary: 'Another name for a site, another rule for approving without a person, or other limits.',
  bodyKind: 'json',
  params: z.strictObject({ id: Id }),
  body: SiteChange,
  answers: { 200: SiteReply },
  handle: ({ params, body, services }) => {
    const site = services.administration.sites.update(params.id, body);
    if (site === null) throw new AppError('NOT_FOUND');
    return { status: 200, body: { site: siteOf(site, services) } };
  },
});

export const getSettings = defineRoute({
  method: 'get',
  path: '/v1/admin/settings',
  access: 'admin',
  summary: 'Limits of a site that has none of its own, and how long data stays, as the settings of the sidecar say.',
  answers: { 200: AdminSettings },
  handle: ({ services }) => ({ status: 200, body: services.administration.settings }),
});
