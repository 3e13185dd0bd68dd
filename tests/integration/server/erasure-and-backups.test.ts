import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openForReading, type Storage } from '../../../server/storage/database';
import { makeAdminKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { aDecidedPicture, filesOf, filesWith, SECRET, withStorageOf, type Needle } from '../../support/erased-data';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

const found = (needles: readonly Needle[]) => filesWith(sidecar, needles);
const aPicture = (seed: number, subjectId: string) => aDecidedPicture(sidecar, seed, subjectId);
const withStorage = <Result>(work: (storage: Storage) => Result) => withStorageOf(sidecar, work);

test('what came while the clock was ahead is erased like the rest, and a restore leaves it out as well', async () => {
  const now = Date.now;
  Date.now = () => now() + 3_600_000;
  const { image, needles } = await aPicture(1, '7').finally(() => (Date.now = now));
  const lone = samplePng(2, { padding: 400 });
  Date.now = () => now() + 3_600_000;
  await sidecar.putImage(lone).finally(() => (Date.now = now));
  const backup = (await altsmith(sidecar.dataDir, ['backup', '--json'])).json.file;
  const answer = await sidecar.call('DELETE', '/v1/subjects/attachment/7');
  expect(answer.body.erased).toEqual({ suggestions: 1, jobs: 1, images: 1 });
  expect((await sidecar.call('DELETE', `/v1/images/${lone.sha256}`)).body.erased).toMatchObject({ images: 1 });
  expect(found([...needles, lone.bytes.subarray(0, 200)])).toEqual([]);
  await sidecar.stop();
  expect((await altsmith(sidecar.dataDir, ['restore', backup])).code).toBe(0);
  const aside = filesOf(sidecar.dataDir).filter((file) => file.includes('.before-'));
  expect(found(needles).filter((file) => !aside.includes(file))).toEqual([]);
  // The picture begins a new life after the restore, under numbers that were there before.
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  await sidecar.suggest(image, '7');
  const later = (await altsmith(sidecar.dataDir, ['backup', '--json'])).json.file;
  await sidecar.stop();
  expect((await altsmith(sidecar.dataDir, ['restore', later])).code).toBe(0);
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toHaveLength(1);
}, 120_000);

test('a restore of an older backup does not bring back what was erased; what came later stays', async () => {
  const { image, needles } = await aPicture(1, '7');
  await aPicture(2, '8');
  const backup = (await altsmith(sidecar.dataDir, ['backup', '--json'])).json.file;
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/7')).body).toMatchObject({
    backups: 1,
    backups_until: expect.stringMatching(/^20\d\d-/),
  });
  await sidecar.stop();
  expect(readFileSync(backup).includes(SECRET)).toBe(true);
  expect((await altsmith(sidecar.dataDir, ['restore', backup])).code).toBe(0);
  const aside = filesOf(sidecar.dataDir).filter((file) => file.includes('.before-'));
  expect(found(needles).filter((file) => !aside.includes(file))).toEqual([]);
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toMatchObject([{ subject: { id: '8' } }]);
  // Sent again by the CMS after the erasing, the picture begins a new life that no list ends.
  await sidecar.suggest(image, '7');
  const later = (await altsmith(sidecar.dataDir, ['backup', '--json'])).json.file;
  await sidecar.stop();
  expect((await altsmith(sidecar.dataDir, ['restore', later])).code).toBe(0);
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toHaveLength(2);
}, 120_000);

test('a restore of an older backup lets no key open anything again that was revoked or replaced since', async () => {
  const admin = makeAdminKey(sidecar.dataDir);
  const statusWith = async (key: string) => (await sidecar.call('GET', '/v1/admin/keys', undefined, { key })).status;
  const create = async (name: string) =>
    (await altsmith(sidecar.dataDir, ['keys', 'create', '--scope', 'admin', '--name', name, '--json'])).json;
  const [leaked, replaced] = [await create('leaked'), await create('replaced')];
  const elsewhere = path.join(sidecar.dataDir, 'elsewhere');
  mkdirSync(elsewhere);
  const backup = path.join(elsewhere, 'a-backup.db');
  expect((await altsmith(sidecar.dataDir, ['backup', backup])).code).toBe(0);
  expect((await sidecar.call('DELETE', `/v1/admin/keys/${leaked.id}`, undefined, { key: admin })).status).toBe(200);
  expect((await altsmith(sidecar.dataDir, ['keys', 'rotate', replaced.id, '--hours', '0'])).code).toBe(0);
  await sidecar.stop();
  // A disk that was lost: nothing is there but what lies beside the backups.
  const lists = path.join(sidecar.dataDir, 'lists');
  for (const name of readdirSync(lists)) renameSync(path.join(lists, name), path.join(elsewhere, name));
  rmSync(path.join(sidecar.dataDir, 'altsmith.db'));
  const restored = await altsmith(sidecar.dataDir, ['restore', backup, '--json']);
  expect(restored).toMatchObject({ code: 0, json: { ended_keys: expect.arrayContaining([leaked.id, replaced.id]) } });
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  expect(await Promise.all([leaked.key, replaced.key, admin].map(statusWith))).toEqual([401, 401, 200]);
}, 120_000);

test('the ends of keys that only the replaced database knows stay as well', async () => {
  const admin = makeAdminKey(sidecar.dataDir);
  const backup = (await altsmith(sidecar.dataDir, ['backup', '--json'])).json.file;
  const { id } = withStorage((storage) => storage.db.prepare("SELECT id FROM keys WHERE scope = 'admin'").get() as any);
  expect((await altsmith(sidecar.dataDir, ['keys', 'revoke', id])).code).toBe(0);
  await sidecar.stop();
  rmSync(path.join(sidecar.dataDir, 'lists'), { recursive: true });
  expect((await altsmith(sidecar.dataDir, ['restore', backup, '--json'])).json.ended_keys).toEqual([id]);
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  expect((await sidecar.call('GET', '/v1/admin/keys', undefined, { key: admin })).status).toBe(401);
}, 120_000);

test('erasing goes on while the folder of the backups is away, and is noted there once it is back', async () => {
  const { needles } = await aPicture(1, '7');
  const [folder, away] = ['backups', 'away'].map((name) => path.join(sidecar.dataDir, name)) as [string, string];
  await altsmith(sidecar.dataDir, ['backup']);
  renameSync(folder, away);
  const answer = await sidecar.call('DELETE', '/v1/subjects/attachment/7');
  expect(answer).toMatchObject({ status: 200, body: { erased: { suggestions: 1 } } });
  expect((await sidecar.call('GET', '/v1/subjects/attachment/7/erasure')).status).toBe(200);
  rmSync(folder, { recursive: true, force: true });
  renameSync(away, folder);
  await sidecar.call('DELETE', '/v1/subjects/attachment/8');
  expect(readdirSync(folder).filter((name) => name.startsWith('erasures-'))).toHaveLength(1);
  expect(found(needles)).toEqual([]);
}, 120_000);

test('what the command line erased while somebody read leaves the log later', async () => {
  const { needles } = await aPicture(1, '7');
  const reader = openForReading(path.join(sidecar.dataDir, 'altsmith.db'));
  try {
    reader.db.exec('BEGIN');
    reader.db.prepare('SELECT count(*) FROM jobs').get();
    const args = ['erase', 'subject', 'attachment', '7', '--instance', ''];
    expect((await altsmith(sidecar.dataDir, args)).code).toBe(0);
    expect(found(needles).map((file) => path.basename(file))).toContain('altsmith.db-wal');
  } finally {
    reader.close();
  }
  await waitFor('the log to be emptied', () => found(needles).length === 0, { timeoutMs: 30_000 });
}, 120_000);
