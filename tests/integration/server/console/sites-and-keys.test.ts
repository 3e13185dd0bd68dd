import path from 'node:path';
import { KeyStore } from '../../../../server/sites/key-store';
import { openDatabase } from '../../../../server/storage/database';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
let admin: string;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  admin = new KeyStore(storage).create({ scope: 'admin', siteId: null, name: 'administrator' }).text;
  storage.close();
});
afterAll(() => sidecar.stop());

const call = (method: string, route: string, body?: unknown) => sidecar.call(method, route, body, { key: admin });

test('a new site with a new key can work, and sees nothing of the first', async () => {
  const site = (await call('POST', '/v1/admin/sites', { name: ' Shop ' })).body.site;
  expect(site).toMatchObject({ name: 'Shop', auto_approve_from: null });
  const made = await call('POST', '/v1/admin/keys', { name: 'plugin', scope: 'site', site_id: site.id });
  expect(made.status).toBe(201);
  const status = await sidecar.call('GET', '/v1/status', undefined, { key: made.body.secret });
  expect(status.body.site).toEqual({ id: site.id, name: 'Shop' });
});

test('the list of keys never holds what opens anything', async () => {
  const made = (await call('POST', '/v1/admin/keys', { name: 'far machine', scope: 'worker' })).body;
  const { items } = (await call('GET', '/v1/admin/keys')).body;
  const listed = items.find((key: { id: string }) => key.id === made.key.id);
  expect(Object.keys(listed).sort()).toEqual(
    ['id', 'name', 'scope', 'site_id', 'created_at', 'expires_at', 'revoked_at'].sort(),
  );
  expect(JSON.stringify(items)).not.toContain(made.secret.split('_').slice(2).join('_'));
});

test('after a rotation both keys work until the overlap is over', async () => {
  const { id } = (await call('POST', '/v1/admin/sites', { name: 'Rotating' })).body.site;
  const old = (await call('POST', '/v1/admin/keys', { name: 'plugin', scope: 'site', site_id: id })).body;
  const fresh = (await call('POST', `/v1/admin/keys/${old.key.id}/rotate`, { overlap_seconds: 60 })).body;
  const works = async (key: string) => (await sidecar.call('GET', '/v1/status', undefined, { key })).status;
  expect([await works(old.secret), await works(fresh.secret)]).toEqual([200, 200]);
  const atOnce = (await call('POST', `/v1/admin/keys/${fresh.key.id}/rotate`, { overlap_seconds: 0 })).body;
  expect([await works(fresh.secret), await works(atOnce.secret)]).toEqual([401, 200]);
  const { status, body } = await call('POST', `/v1/admin/keys/${fresh.key.id}/rotate`, { overlap_seconds: 60 });
  expect([status, body.error.code]).toEqual([409, 'KEY_ENDED']);
});

test('a site can be renamed and told to approve by itself, one without touching the other', async () => {
  const { id } = (await call('POST', '/v1/admin/sites', { name: 'Old' })).body.site;
  const change = (body: unknown) => call('PATCH', `/v1/admin/sites/${id}`, body);
  expect((await change({ auto_approve_from: 0.9 })).body.site).toMatchObject({ name: 'Old', auto_approve_from: 0.9 });
  expect((await change({ name: 'New' })).body.site).toMatchObject({ name: 'New', auto_approve_from: 0.9 });
  expect((await change({ auto_approve_from: null })).body.site.auto_approve_from).toBeNull();
  expect((await change({ auto_approve_from: 2 })).status).toBe(400);
  expect((await change({ limits: { rate: 5, weight: 2 } })).body.site.limits).toEqual({
    rate: 5,
    queue: null,
    bytes: null,
    weight: 2,
  });
  expect((await change({ limits: { rate: null } })).body.site).toMatchObject({
    name: 'New',
    limits: { rate: null, weight: 2 },
  });
  expect((await change({ limits: { weight: 0 } })).status).toBe(400);
});

test.each([
  ['POST', '/v1/admin/sites', { name: '  ' }, 400],
  ['POST', '/v1/admin/keys', { name: 'x', scope: 'site' }, 400],
  ['POST', '/v1/admin/keys', { name: 'x', scope: 'admin', site_id: 'site_x' }, 400],
  ['POST', '/v1/admin/keys', { name: 'x', scope: 'site', site_id: 'site_unknown' }, 404],
  ['POST', '/v1/admin/keys/nobody/rotate', {}, 404],
  ['DELETE', '/v1/admin/keys/nobody', undefined, 404],
  ['PATCH', '/v1/admin/sites/nobody', { name: 'x' }, 404],
])('%s %s %j is answered with %i', async (method, route, body, status) => {
  expect((await call(method, route, body)).status).toBe(status);
});

test('a site’s key opens none of it', async () => {
  expect((await sidecar.call('GET', '/v1/admin/sites')).body.error.code).toBe('SCOPE_MISSING');
  expect((await sidecar.call('POST', '/v1/admin/keys', { name: 'x', scope: 'admin' })).status).toBe(403);
});
