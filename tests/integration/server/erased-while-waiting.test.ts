import path from 'node:path';
import { ErasureStore } from '../../../server/retention/erasure-store';
import { DataFolder } from '../../../server/storage/data-folder';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { makeAdminKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

function withStorage<Result>(work: (storage: Storage) => Result): Result {
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  try {
    return work(storage);
  } finally {
    storage.close();
  }
}
const siteId = () => withStorage((storage) => String(storage.db.prepare('SELECT id FROM sites').pluck().get()));

test('whoever waits for a prediction of an erased picture is answered at once, and the work on it ends', async () => {
  const image = samplePng(1);
  let aborted = false;
  sidecar.engine.before = (request) =>
    new Promise<void>((done) => {
      request.signal?.addEventListener('abort', () => {
        aborted = true;
        done();
      });
    });
  const input = { image: `data:image/png;base64,${image.bytes.toString('base64')}` };
  const headers = { prefer: 'wait=50' };
  const asked = sidecar.call('POST', '/replicate/v1/predictions', { version: 'a'.repeat(64), input }, { headers });
  await waitFor('the prediction to run', () => sidecar.engine.requests.length > 0);
  await sidecar.call('DELETE', `/v1/images/${image.sha256}`);
  const { status, body } = await asked;
  expect({ status, detail: body.detail }).toEqual({ status: 404, detail: expect.stringMatching(/nothing here/) });
  await waitFor('the work to end', () => aborted);
}, 90_000);

test('whoever waits for a caption of a site that is erased is answered at once', async () => {
  const key = makeAdminKey(sidecar.dataDir);
  sidecar.engine.before = ({ signal }) => new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
  const asked = sidecar.call('POST', '/v1/captions', samplePng(1).bytes);
  await waitFor('the caption to run', () => sidecar.engine.requests.length > 0);
  const site = siteId();
  await sidecar.call('DELETE', `/v1/admin/sites/${site}`, undefined, { key });
  expect(await asked).toMatchObject({ status: 401, body: { error: { code: 'KEY_INVALID' } } });
}, 90_000);

test('so is whoever waits when the command line erases', async () => {
  const image = samplePng(1);
  sidecar.engine.before = ({ signal }) => new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
  const input = { image: `data:image/png;base64,${image.bytes.toString('base64')}` };
  const headers = { prefer: 'wait=50' };
  const asked = sidecar.call('POST', '/replicate/v1/predictions', { version: 'a'.repeat(64), input }, { headers });
  await waitFor('the prediction to run', () => sidecar.engine.requests.length > 0);
  const caption = sidecar.call('POST', '/v1/captions', image.bytes);
  const waits = () =>
    withStorage((storage) => storage.db.prepare("SELECT 1 FROM jobs WHERE subject_id = 'caption'").get());
  await waitFor('the caption to wait', () => waits() !== undefined);
  const site = siteId();
  // Through a connection of its own, as `altsmith erase` does.
  withStorage((storage) => {
    const store = new ErasureStore(storage, new DataFolder(sidecar.dataDir));
    store.beginSite(site, Date.now());
    while (store.siteStep(site));
  });
  expect((await asked).status).toBe(404);
  expect((await caption).status).toBe(401);
}, 90_000);
