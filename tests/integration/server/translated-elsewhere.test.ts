import { altsmith } from '../../support/altsmith-command';
import { ToyTranslator } from '../../support/models/toy-translator';
import { RedisServer } from '../../support/redis-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { WorkerProcess } from '../../support/worker-process';

// Every word comes from a worker on "another machine", which has no translator; the sidecar has one.

let toy: ToyTranslator;
beforeAll(async () => (toy = await ToyTranslator.make()));
afterAll(() => toy.remove());

test.each([
  ['told by the long poll', false],
  ['rung by Bull', true],
])(
  'what a worker saw that was %s is translated, and another language needs no worker',
  async (_how, hasRedis) => {
    const redis = hasRedis ? await RedisServer.start() : null;
    const bull = redis === null ? {} : { ALTSMITH_REDIS_URL: redis.url };
    const sidecar = await SidecarProcess.start({
      ALTSMITH_WORKERS: '0',
      ...(redis === null ? {} : { ALTSMITH_QUEUE: 'bull' }),
      ...bull,
    });
    let worker: WorkerProcess | null = null;
    try {
      toy.pullInto(sidecar.dataDir);
      toy.pullInto(sidecar.dataDir, 'fr');
      const { key } = (await altsmith(sidecar.dataDir, ['keys', 'create', '--scope', 'worker', '--json'])).json;
      worker = await WorkerProcess.start('one', { url: sidecar.url, key, env: bull });
      const image = samplePng(1, { width: 400, height: 300 });
      await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      const suggest = async (language: string) => {
        const subject = { type: 'attachment', id: language };
        const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject, language });
        const { job } = (await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=25`)).body;
        return (await sidecar.call('GET', `/v1/suggestions/${job.suggestion_id}`)).body.suggestion;
      };
      const german = await suggest('de');
      expect(german).toMatchObject({ language: 'de', translator: { id: 'toy-de' }, model: { id: 'mini' } });
      const { body } = await sidecar.call('POST', '/v1/translations', { text: german.source, to: 'de' });
      expect(german.fields.alt_text).toBe(body.text);
      expect(await suggest('fr')).toMatchObject({ source: german.source, translator: { id: 'toy-fr' } });
      expect(worker.jobsDone).toBe(1);
    } finally {
      await worker?.remove();
      await sidecar.remove();
      await redis?.remove();
    }
  },
  120_000,
);
