import { setTimeout as pause } from 'node:timers/promises';
import { samplePng } from '../../support/sample-image';
import { seededRandom } from '../../support/seeded-random';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

/** Between the upload and the suggestion; mini takes about half of it. */
const LATEST_KILL_MS = 400;
/** `npm run test:faults` kills it 20 times with this model and 200 times without one. */
const KILLS = 8;
const random = seededRandom(8);

test('kill -9 of the sidecar between upload and suggestion: every picture ends with exactly one suggestion', async () => {
  const sidecar = await SidecarProcess.start();
  try {
    const acknowledged = new Map<string, string>();
    const submit = async (round: number) => {
      const image = samplePng(round, { width: 320, height: 240 });
      await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      const answer = await sidecar.call('POST', '/v1/jobs', {
        image_sha256: image.sha256,
        subject: { type: 'attachment', id: String(round) },
      });
      if (answer.status === 202 || answer.status === 200) acknowledged.set(String(round), answer.body.job.id);
    };
    for (let round = 1; round <= KILLS; round += 1) {
      // Not awaited before the kill: it falls anywhere between the first byte and the last row.
      const submitted = submit(round).catch(() => undefined);
      await pause(random() * LATEST_KILL_MS);
      await sidecar.stop('SIGKILL');
      await submitted;
      await sidecar.start();
      // A client that got no answer asks again; one that did is told of the same job.
      await submit(round);
    }
    expect(acknowledged.size).toBe(KILLS);
    await waitFor(
      'every job to end',
      async () =>
        (await sidecar.call('GET', '/v1/status')).body.queue.waiting === 0 &&
        (await sidecar.call('GET', '/v1/status')).body.queue.running === 0,
      { timeoutMs: 60_000 },
    );
    for (const id of acknowledged.values()) {
      expect((await sidecar.call('GET', `/v1/jobs/${id}`)).body.job).toMatchObject({ id, state: 'done' });
    }
    const { items } = (await sidecar.call('GET', '/v1/suggestions?limit=200')).body;
    const subjects = items.map((item: any) => item.subject.id).sort((a: string, b: string) => Number(a) - Number(b));
    expect(subjects).toEqual(Array.from({ length: KILLS }, (_, index) => String(index + 1)));
  } finally {
    await sidecar.remove();
  }
}, 180_000);
