import { AcceptanceReply } from '../../contract/acceptance';
import { defineRoute } from '../route';

export const listAcceptances = defineRoute({
  method: 'get',
  path: '/v1/acceptance',
  access: 'site',
  summary:
    'How many texts of each model people approved as they were, changed or rejected, one by one with the card displayed.',
  answers: { 200: AcceptanceReply },
  handle: ({ site }) => ({ status: 200, body: { items: site.acceptances() } }),
});

export const listAllAcceptances = defineRoute({
  method: 'get',
  path: '/v1/admin/acceptance',
  access: 'operator',
  summary: 'The same of all sites.',
  answers: { 200: AcceptanceReply },
  handle: ({ services }) => ({ status: 200, body: { items: services.administration.acceptances() } }),
});
