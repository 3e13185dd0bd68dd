import { readFileSync } from 'node:fs';
import path from 'node:path';
import { makeAdminKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { FetchingSidecar } from '../../support/models/fetching-sidecar';
import { killFetches } from '../../support/models/kill-fetches';
import { samplePng } from '../../support/sample-image';
import { waitFor } from '../../support/wait-for';

jest.setTimeout(400_000);

const PHOTO = readFileSync(path.resolve(__dirname, '../../fixtures/images/cat.jpg'));

let fetching: FetchingSidecar;
afterEach(() => fetching.remove());

async function suggest(from: number, to: number): Promise<void> {
  for (let seed = from; seed <= to; seed += 1) {
    const image = samplePng(seed);
    await fetching.sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
    const subject = { type: 'attachment', id: String(seed) };
    const { status } = await fetching.sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    expect(status).toBe(202);
  }
}

const suggestions = async (query = ''): Promise<any[]> =>
  (await fetching.sidecar.call('GET', `/v1/suggestions?limit=200${query}`)).body.items;

async function decide(id: string, action: string): Promise<void> {
  const { body } = await fetching.sidecar.call('GET', `/v1/suggestions/${id}`);
  const { version } = body.suggestion;
  const by = { id: '1', name: 'Ann' };
  const { status } = await fetching.sidecar.call('POST', `/v1/suggestions/${id}/decision`, { action, by, version });
  expect(status).toBe(200);
}

test('starts with mini, fetches the real model and changes over under load: nothing fails, the undecided is asked again', async () => {
  fetching = await FetchingSidecar.create({ ALTSMITH_WORKERS: '1' });
  const { hub, sidecar } = fetching;
  // The hub's rate limit as it sends it now; the window ends in a second.
  hub.fail('config.json', { kind: 'status', status: 429, headers: { ratelimit: '"resolvers";r=0;t=1' } });
  hub.pace = { bytes: 2000, everyMs: 100 };
  await sidecar.start();
  expect(sidecar.output).toMatch(
    /blip-base, a model for real use, is being fetched in the background \(\d+ MB from 127\.0\.0\.1:\d+\) and used as soon as it is here; ALTSMITH_FETCH=never stops that\./,
  );

  await suggest(1, 8);
  await waitFor('the suggestions of mini', async () => (await suggestions()).length === 8);
  const [approved, rejected] = (await suggestions('&sort=oldest')).map(({ id }) => id as string);
  await decide(approved!, 'approve');
  await decide(rejected!, 'reject');
  const decided = async () =>
    (await Promise.all([approved, rejected].map((id) => sidecar.call('GET', `/v1/suggestions/${id}`)))).map(
      ({ body }) => body.suggestion,
    );
  const before = await decided();
  expect((await fetching.status()).coming_model).toMatchObject({
    id: 'blip-base',
    state: 'fetching',
    asks_again: true,
  });

  const models = new Set<string>();
  const failures: unknown[] = [];
  const load = { goesOn: true };
  const caption = async () => {
    while (load.goesOn) {
      const { status, body } = await sidecar.call('POST', '/v1/captions', PHOTO);
      if (status === 200) models.add(body.model.id);
      else failures.push(body);
    }
  };
  const captioning = [caption(), caption(), caption()];
  hub.pace = null;
  await suggest(9, 20);
  await waitFor('the change of model', async () => (await fetching.model()) === 'blip-base', { timeoutMs: 120_000 });
  await suggest(21, 24);
  await waitFor('captions of the new model', () => models.has('blip-base'));
  load.goesOn = false;
  await Promise.all(captioning);
  expect([failures, models.has('mini')]).toEqual([[], true]);

  const pending = await waitFor(
    'everything undecided to be asked again',
    async () => {
      const items = await suggestions('&state=pending');
      const isDone = items.length === 22 && items.every(({ model }) => model.id === 'blip-base');
      return isDone ? items : null;
    },
    { timeoutMs: 120_000 },
  );
  const subjects = pending.map(({ subject }) => Number(subject.id)).sort((a, b) => a - b);
  const undecided = Array.from({ length: 24 }, (_, index) => index + 1).filter(
    (seed) => !before.some(({ subject }) => subject.id === String(seed)),
  );
  expect(subjects).toEqual(undecided);
  expect(await decided()).toEqual(before);
  expect((await sidecar.call('GET', '/v1/jobs?state=failed')).body.items).toEqual([]);
  expect([fetching.leftovers(), fetching.wrongStarts]).toEqual([[], []]);
  expect((await fetching.status()).coming_model).toBeNull();

  await sidecar.stop();
  await sidecar.start();
  expect(await fetching.model()).toBe('blip-base');
  expect(sidecar.output.match(/^blip-base, a model for real use, is being fetched/gm)).toHaveLength(1);

  const { stdout } = await altsmith(sidecar.dataDir, ['models', 'use', 'mini']);
  expect(stdout).toContain('A running sidecar changes over to it within seconds');
  await waitFor('the chosen model', async () => (await fetching.model()) === 'mini');
  const admin = { authorization: `Bearer ${makeAdminKey(sidecar.dataDir)}` };
  const { body } = await sidecar.call('POST', '/v1/admin/models/blip-base/use', {}, admin);
  expect(body.model).toMatchObject({ id: 'blip-base', in_use: true, loaded: false });
  await waitFor('the model chosen over HTTP', async () => (await fetching.model()) === 'blip-base');
  const listed = (await sidecar.call('GET', '/v1/admin/models', undefined, admin)).body.items;
  expect(listed.filter(({ loaded }: any) => loaded).map(({ id }: any) => id)).toEqual(['blip-base']);
});

test('killed at random moments of fetch, conversion and change-over it ends with the real model, and downloads no byte twice', async () => {
  fetching = await killFetches(5, Number(process.env['KILL_SEED'] ?? 20261130));
  expect(fetching.wrongStarts).toEqual([]);
  const image = samplePng(1);
  await fetching.sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const { body } = await fetching.sidecar.call('POST', '/v1/captions', image.bytes);
  expect(body.model).toMatchObject({ id: 'blip-base', precision: 'int8', demonstration: false });
});
