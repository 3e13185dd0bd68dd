import { makeAdminKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { changeOver, expectNothingLost } from '../../support/models/change-over';
import { FetchingSidecar } from '../../support/models/fetching-sidecar';
import { killFetches } from '../../support/models/kill-fetches';
import { samplePng } from '../../support/sample-image';
import { waitFor } from '../../support/wait-for';

jest.setTimeout(400_000);

let fetching: FetchingSidecar;
afterEach(() => fetching.remove());

const LOAD = { first: 8, decided: 2, meanwhile: 12, afterwards: 4, callers: 3 };

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

  const outcome = await changeOver(fetching, LOAD, async () => {
    expect((await fetching.status()).coming_model).toMatchObject({
      id: 'blip-base',
      state: 'fetching',
      asks_again: true,
    });
    hub.pace = null;
  });
  expectNothingLost(outcome, LOAD);
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
