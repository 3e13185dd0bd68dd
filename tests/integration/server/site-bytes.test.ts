import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeAdminKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

let sidecar: TestSidecar;
let admin: string;
beforeEach(async () => {
  sidecar = await TestSidecar.start({
    env: { ALTSMITH_SITE_BYTES: '60000' },
  });
  admin = makeAdminKey(sidecar.dataDir);
});
afterEach(() => sidecar.remove());

function bytesUnder(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const file = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesUnder(file) : statSync(file).size);
  }, 0);
}

const onDisk = (siteId: string) => ({
  image_bytes: bytesUnder(path.join(sidecar.dataDir, 'images', siteId)),
  thumbnail_bytes: bytesUnder(path.join(sidecar.dataDir, 'thumbnails', siteId)),
});
const asAdmin = (method: string, route: string, body?: unknown) => sidecar.call(method, route, body, { key: admin });

async function sites(): Promise<any[]> {
  return (await asAdmin('GET', '/v1/admin/sites')).body.items;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('what each site has on disk is told, follows captioning, retention and erasing, and a shared picture counts for each', async () => {
  const [site] = await sites();
  expect(site.storage).toEqual({ images: 0, image_bytes: 0, thumbnail_bytes: 0 });
  const image = samplePng(1, { padding: 5000 });
  await sidecar.suggest(image, '1');
  await sidecar.putImage(samplePng(2));
  await sidecar.putImage(samplePng(2));
  const [now] = await sites();
  expect(now.storage).toEqual({ images: 2, ...onDisk(site.id) });
  expect(now.storage.thumbnail_bytes).toBeGreaterThan(0);
  const other = (await asAdmin('POST', '/v1/admin/sites', { name: 'Other' })).body.site;
  const wish = { name: 'other', scope: 'site', site_id: other.id };
  const key = (await asAdmin('POST', '/v1/admin/keys', wish)).body.secret;
  await sidecar.putImage(image, { key });
  const listed = await sites();
  expect(listed[1].storage).toEqual({ images: 1, image_bytes: image.bytes.length, thumbnail_bytes: 0 });
  expect(listed[1].storage.image_bytes).toBe(onDisk(other.id).image_bytes);
  const cli = await altsmith(sidecar.dataDir, ['sites', 'list', '--json']);
  expect(cli.json.items[1].storage).toEqual(listed[1].storage);
  // From here on originals are deleted at once.
  await sidecar.stop();
  const { dataDir } = sidecar;
  sidecar = await TestSidecar.start({ dataDir, env: { ALTSMITH_KEEP_ORIGINALS_MINUTES: '0' } });
  await until(async () => (await sites())[0].storage.image_bytes === 0);
  expect((await sites())[0].storage).toEqual({ images: 2, ...onDisk(site.id) });
  const preview = await sidecar.call('GET', '/v1/subjects/attachment/1/erasure');
  expect(preview.body).toEqual({
    would_erase: { suggestions: 1, jobs: 1, images: 1 },
    backups: 0,
    backups_until: null,
  });
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/1')).body.erased).toEqual(preview.body.would_erase);
  expect((await sites())[0].storage).toEqual({ images: 1, image_bytes: 0, thumbnail_bytes: 0 });
  const whole = await asAdmin('GET', `/v1/admin/sites/${other.id}/erasure`);
  expect(whole.body.would_erase).toEqual({ suggestions: 0, jobs: 0, images: 1 });
  await asAdmin('DELETE', `/v1/admin/sites/${other.id}`);
  expect(await sites()).toHaveLength(1);
});

test('over its bytes a site is refused before the body, nothing of it stays, and it goes on when there is room', async () => {
  const [{ id }] = await sites();
  const first = samplePng(1, { padding: 40_000 });
  const second = samplePng(2, { padding: 40_000 });
  expect((await sidecar.putImage(first)).status).toBe(201);
  const refused = await sidecar.putImage(second);
  expect(refused).toMatchObject({
    status: 429,
    body: { error: { code: 'SITE_FULL', retryable: true, details: { limit: 60_000, stored: first.bytes.length } } },
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // Without Content-Length the size is checked once the body was read.
  const chunked = await fetch(`${sidecar.url}/v1/images/${second.sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${sidecar.key}` },
    body: new Blob([new Uint8Array(second.bytes)]).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(chunked.status).toBe(429);
  expect(readdirSync(path.join(sidecar.dataDir, 'tmp'))).toEqual([]);
  expect(onDisk(id).image_bytes).toBe(first.bytes.length);
  // A picture that is stored already needs no more bytes.
  expect((await sidecar.putImage(first)).status).toBe(200);
  const limits = (await asAdmin('PATCH', `/v1/admin/sites/${id}`, { limits: { bytes: 100_000 } })).body.site.limits;
  expect(limits.bytes).toBe(100_000);
  expect((await sidecar.putImage(second)).status).toBe(201);
  const settings = (await asAdmin('GET', '/v1/admin/settings')).body;
  expect(settings).toMatchObject({
    limits: { bytes: 60_000 },
    retention: { originals_minutes: 15, history_days: 180 },
  });
});
