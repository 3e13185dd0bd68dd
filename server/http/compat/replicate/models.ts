import { z } from 'zod';
import { defineRoute, type Route } from '../../route';
import { replicate } from './errors';

const facts = { method: 'get', access: 'site', face: replicate, answers: { 200: null } } as const;
const CREATED_AT = new Date(0).toISOString();

/** The Python client reads the type of the output from a schema before it runs a version. */
function versionOf(id: string) {
  return {
    id,
    created_at: CREATED_AT,
    cog_version: '0.0.0',
    openapi_schema: { components: { schemas: { Output: { type: 'string', title: 'Output' } } } },
  };
}

export const models: readonly Route[] = [
  defineRoute({
    ...facts,
    path: '/replicate/v1/models/{owner}/{name}',
    summary: 'Replicate: a model; any name will do.',
    params: z.strictObject({ owner: z.string(), name: z.string() }),
    handle: ({ params: { owner, name }, request, services }) => ({
      status: 200,
      body: {
        owner,
        name,
        url: `${services.links.base(request)}/`,
        description: 'Captions pictures on this machine.',
        visibility: 'private',
        run_count: 0,
        github_url: null,
        paper_url: null,
        license_url: null,
        cover_image_url: null,
        default_example: null,
        latest_version: versionOf('altsmith'),
      },
    }),
  }),
  defineRoute({
    ...facts,
    path: '/replicate/v1/models/{owner}/{name}/versions/{version}',
    summary: 'Replicate: a version; any name will do.',
    params: z.strictObject({ owner: z.string(), name: z.string(), version: z.string() }),
    handle: ({ params }) => ({ status: 200, body: versionOf(params.version) }),
  }),
];
