import { killApi, killWorkers } from '../../support/faults/storm';

// The short form of tests/faults, whose figures stand in docs/operations.md.
const sound = { broken: [], orphans: 0, integrity_check: 'ok' };

test('kill -9 of the API process under load: what was acknowledged is there, once, and every job ends', async () => {
  const figures = await killApi({ seed: 7, kills: 12, engine: 'quick' });
  expect(figures).toMatchObject({ ...sound, kills: 12 });
  // Seed 7 waits for a new job before 4 of the kills.
  expect(figures.acknowledged).toBeGreaterThanOrEqual(4);
}, 240_000);

test('kill -9 of workers under load: every job ends with one suggestion, and the API process goes on', async () => {
  const figures = await killWorkers({ seed: 7, kills: 25, leastJobs: 60, engine: 'quick' });
  expect(figures).toMatchObject(sound);
  expect(figures.interruptions).toBeGreaterThan(5);
}, 240_000);
