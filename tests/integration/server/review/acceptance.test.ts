import { makeAdminKey, makeKey } from '../../../support/admin-key';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start()));
afterAll(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };

test('what people did with the texts of a model is told to its site, to administrators and to Prometheus', async () => {
  const decide = async (seed: number, decision: object) => {
    const { id, version } = await sidecar.suggest(samplePng(seed), String(seed));
    const { status } = await sidecar.call('POST', `/v1/suggestions/${id}/decision`, { by, version, ...decision });
    expect(status).toBe(200);
  };
  expect((await sidecar.call('GET', '/v1/acceptance')).body).toEqual({ items: [] });
  await decide(1, { action: 'approve', displayed: true });
  await decide(2, { action: 'approve', displayed: true, values: { alt_text: 'Something else' } });
  await decide(3, { action: 'reject', reason: 'vague', displayed: true });
  await decide(4, { action: 'approve' });
  await decide(5, { action: 'approve', mode: 'bulk', displayed: true });
  const { body } = await sidecar.call('GET', '/v1/acceptance');
  expect(body.items).toMatchObject([
    { task: 'caption', untouched: 1, edited: 1, rejected: 1, reasons: { vague: 1 }, trend: { state: 'too_few' } },
  ]);
  const key = makeKey(sidecar.dataDir, 'metrics');
  for (const operator of [key, makeAdminKey(sidecar.dataDir)])
    expect((await sidecar.call('GET', '/v1/admin/acceptance', undefined, { key: operator })).body).toEqual(body);
  expect((await sidecar.call('GET', '/v1/admin/acceptance')).status).toBe(403);
  const { body: text } = await sidecar.call('GET', '/metrics', undefined, { key });
  const [{ model }] = body.items;
  const labels = `task="caption",model="${model.id}",version="${model.fingerprint ?? ''}"`;
  expect(text).toContain(`altsmith_acceptance_decisions{${labels},outcome="rejected"} 1`);
  expect(text).toContain(`altsmith_acceptance_dropped{${labels}} 0`);
});
