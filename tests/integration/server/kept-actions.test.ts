import { makeAdminKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { TestSidecar } from '../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start()));
afterAll(() => sidecar.remove());

const kept = async (): Promise<{ action: string; target: string; details: unknown }[]> => {
  const key = makeAdminKey(sidecar.dataDir);
  return (await sidecar.call('GET', '/v1/admin/audit', undefined, { key })).body.items;
};

test('the audit log has the key of the first start', async () => {
  const [entry] = (await kept()).filter(({ action }) => action === 'start: keys create');
  expect(entry).toMatchObject({ target: sidecar.key.split('_')[1], key_id: null, details: { scope: 'site' } });
});

test('the audit log has what a command did to the models; a look at them is not kept', async () => {
  expect((await altsmith(sidecar.dataDir, ['models', 'list', '--json'])).code).toBe(0);
  expect((await altsmith(sidecar.dataDir, ['models', 'use', 'mini', '--json'])).code).toBe(0);
  const ofModels = (await kept()).filter(({ action }) => action.startsWith('models'));
  expect(ofModels).toEqual([expect.objectContaining({ action: 'models use', target: 'mini', key_id: null })]);
});
