import { z } from 'zod';
import { InstanceAnswer, InstanceId, InstanceReply, ListedInstance } from '../../contract/instance';
import { page } from '../../contract/primitives';
import { AppError } from '../../errors';
import type { InstanceStore } from '../../sites/instance-store';
import { defineRoute } from '../route';
import type { Services } from '../services';

function instancesOf(siteId: string | null, services: Services): InstanceStore {
  if (siteId === null) throw new AppError('SCOPE_MISSING');
  return services.instancesOf(siteId);
}

export const listInstances = defineRoute({
  method: 'get',
  path: '/v1/instances',
  access: 'site',
  summary:
    'The installations that speak for the site, oldest first; the one without an id is every client that sends none.',
  answers: { 200: page(ListedInstance) },
  handle: ({ siteId, services }) => ({
    status: 200,
    body: {
      items: instancesOf(siteId, services)
        .list()
        .map(({ id, address }) => ({ id: id === '' ? null : id, address })),
      next: null,
    },
  }),
});

export const settleInstance = defineRoute({
  method: 'post',
  path: '/v1/instances/{id}',
  access: 'site',
  summary:
    'After INSTANCE_CONFLICT: the owner says whether the site has moved to the address in Altsmith-Site or is a copy. The answer is the instance to speak as.',
  bodyKind: 'json',
  params: z.strictObject({ id: InstanceId }),
  body: InstanceAnswer,
  answers: { 200: InstanceReply },
  handle: ({ params, body, siteId, services, speaker }) => {
    if (speaker.address === null) {
      throw new AppError('BAD_REQUEST', {
        problems: [{ where: 'header.altsmith-site', problem: 'is needed: the address the answer is about' }],
      });
    }
    const { id, address, createdAt } = instancesOf(siteId, services).settle(params.id, speaker.address, body.answer);
    return { status: 200, body: { instance: { id, address, created_at: new Date(createdAt).toISOString() } } };
  },
});
