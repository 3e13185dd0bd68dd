import { makeAdminKey, makeKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { freePort } from '../../support/free-port';
import { TestSidecar } from '../../support/test-sidecar';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

const create = (body: object = {}, key = sidecar.key) => sidecar.call('POST', '/v1/pairings', body, { key });
const claim = (code: string) =>
  sidecar.call('POST', `/v1/pairings/${encodeURIComponent(code)}`, undefined, { key: null });

test('a site’s key makes a code, which is exchanged once for a key of the same site', async () => {
  const { status, body } = await create({ name: 'shop.example' });
  expect([status, body.pairing]).toEqual([
    201,
    {
      code: expect.stringMatching(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/),
      expires_in_seconds: 600,
      site: { id: expect.any(String), name: expect.any(String) },
      address: sidecar.url,
    },
  ]);
  const claimed = await claim(body.pairing.code);
  expect([claimed.status, claimed.body.site]).toEqual([201, body.pairing.site]);
  expect(claimed.headers.get('cache-control')).toBe('no-store');
  const { key } = claimed.body;
  expect((await sidecar.call('GET', '/v1/status', undefined, { key })).body.site).toEqual(body.pairing.site);

  const again = await claim(body.pairing.code);
  expect([again.status, again.body.error.code]).toEqual([410, 'PAIRING_USED']);
  const admin = makeAdminKey(sidecar.dataDir);
  const { items } = (await sidecar.call('GET', '/v1/admin/keys', undefined, { key: admin })).body;
  expect(items.filter(({ name }: any) => name === 'shop.example')).toHaveLength(1);
  const log = (await sidecar.call('GET', '/v1/admin/audit', undefined, { key: admin })).body.items;
  expect(log[0]).toMatchObject({
    action: 'POST /v1/pairings/{code}',
    details: { name: 'shop.example' },
    outcome: 'done',
  });
  const written = sidecar.logLines.join('\n') + JSON.stringify(log);
  expect(written).not.toContain(key);
  expect(written).not.toContain(body.pairing.code);
});

test('an administrator’s key names the site; other keys make no code', async () => {
  const admin = makeAdminKey(sidecar.dataDir);
  const other = await sidecar.call('POST', '/v1/admin/sites', { name: 'Other' }, { key: admin });
  const { id } = other.body.site;
  expect((await create({ site_id: id }, admin)).body.pairing.site).toEqual({ id, name: 'Other' });
  expect((await create({}, admin)).status).toBe(404);
  expect((await create({ site_id: id })).status).toBe(403);
  expect((await create({}, makeKey(sidecar.dataDir, 'worker'))).status).toBe(403);
});

test('a wrong code gets one sentence, and a code of an erased site opens nothing', async () => {
  const wrong = await claim('AAAAA-AAAAA');
  expect([wrong.status, wrong.body.error.code]).toEqual([404, 'PAIRING_UNKNOWN']);
  expect(wrong.body.error.message).toMatch(/^[A-Z][^.]*\.$/);
  const admin = makeAdminKey(sidecar.dataDir);
  const { id } = (await sidecar.call('POST', '/v1/admin/sites', { name: 'Gone' }, { key: admin })).body.site;
  const { code } = (await create({ site_id: id }, admin)).body.pairing;
  expect((await sidecar.call('DELETE', `/v1/admin/sites/${id}`, undefined, { key: admin })).status).toBeLessThan(300);
  const late = await claim(code);
  expect(late.status).toBeGreaterThanOrEqual(400);
});

describe('"altsmith pair"', () => {
  const pair = (...words: readonly string[]) =>
    altsmith(sidecar.dataDir, ['pair', ...words], { ALTSMITH_PORT: new URL(sidecar.url).port });

  test('shows a code of the running sidecar, which connects once, and leaves no key of its own that works', async () => {
    const shown = await pair('--name', 'shop.example');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const [, address, code = ''] =
      /Sidecar address +(\S+)\n +One-time code +(\S+) +\(good for 10 minutes and one use\)/.exec(shown.stdout) ?? [];
    expect(address).toBe(sidecar.url);
    const claimed = await claim(code);
    expect(claimed.status).toBe(201);
    expect((await claim(code)).status).toBe(410);
    const admin = makeAdminKey(sidecar.dataDir);
    const { items } = (await sidecar.call('GET', '/v1/admin/keys', undefined, { key: admin })).body;
    expect(items.filter(({ name }: any) => name === 'shop.example')).toHaveLength(1);
    const own = items.filter(({ name }: any) => name === 'altsmith pair');
    expect(own.map(({ revoked_at }: any) => revoked_at !== null)).toEqual([true]);
  });

  test('says that the sidecar must run, which sites there are, and what it does not understand', async () => {
    expect(await altsmith(sidecar.dataDir, ['pair'], { ALTSMITH_PORT: String(await freePort()) })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No sidecar answers at http:\/\/127\.0\.0\.1:\d+: start it first/),
    });
    expect(await pair('--site', 'nobody')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
    expect(await pair('now')).toMatchObject({ code: 2, stderr: expect.stringContaining('takes no "now"') });
  });
});
