import { defineRoute } from '../route';

export const metrics = defineRoute({
  method: 'get',
  path: '/metrics',
  access: 'operator',
  summary: 'Numbers for Prometheus.',
  answers: { 200: 'text/plain' },
  handle: async ({ services }) => ({
    status: 200,
    body: await services.metrics.text(),
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  }),
});
