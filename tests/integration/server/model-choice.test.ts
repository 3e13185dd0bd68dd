import { makeAdminKey } from '../../support/admin-key';
import { TestSidecar } from '../../support/test-sidecar';

let sidecar: TestSidecar;
afterEach(() => sidecar.remove());

async function use(id: string, body: object = {}) {
  const { dataDir } = sidecar;
  return sidecar.call('POST', `/v1/admin/models/${id}/use`, body, { key: makeAdminKey(dataDir) });
}

test('a model that is not here, or that nobody knows, is not chosen', async () => {
  sidecar = await TestSidecar.start();
  expect(await use('blip-base')).toMatchObject({ status: 409, body: { error: { code: 'MODEL_NOT_HERE' } } });
  expect(await use('llava')).toMatchObject({ status: 404, body: { error: { code: 'MODEL_UNKNOWN' } } });
  expect(await use('mini', { precision: '../../etc' })).toMatchObject({ status: 400 });
  expect(await use('mini')).toMatchObject({ status: 200, body: { model: { id: 'mini', in_use: true } } });
});

test('a model of the settings stays', async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_MODEL: 'mini' } });
  const { status, body } = await use('mini');
  expect([status, body.error.code]).toEqual([409, 'MODEL_FIXED']);
  expect(body.error.message).toContain('ALTSMITH_MODEL');
});
