import { z } from 'zod';
import { InstanceAnswer, InstanceId, InstanceReply } from '../../contract/instance';
import { AppError } from '../../errors';
import { defineRoute } from '../route';

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
  handle: ({ params, body, principal, services, speaker }) => {
    if (speaker.address === null) {
      throw new AppError('BAD_REQUEST', {
        problems: [{ where: 'header.altsmith-site', problem: 'is needed: the address the answer is about' }],
      });
    }
    const instances = principal?.siteId == null ? null : services.instancesOf(principal.siteId);
    if (instances === null) throw new AppError('SCOPE_MISSING');
    const { id, address, createdAt } = instances.settle(params.id, speaker.address, body.answer);
    return { status: 200, body: { instance: { id, address, created_at: new Date(createdAt).toISOString() } } };
  },
});
