import { makeAdminKey, makeKey } from '../../support/admin-key';
import { RedisServer } from '../../support/redis-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';

const BEFORE = 20;
const DURING = 60;

test.each(['over the long poll', 'over Bull'])(
  '%s a change of model rolls through workers elsewhere: no job is lost, and none goes to the old model beside the new one',
  async (way) => {
    const redis = way === 'over Bull' ? await RedisServer.start() : null;
    const ofRedis: Record<string, string> = redis === null ? {} : { ALTSMITH_REDIS_URL: redis.url };
    const sidecar = await SidecarProcess.start({
      ALTSMITH_WORKERS: '0',
      ALTSMITH_RESUGGEST: 'never',
      ...(redis === null ? {} : { ALTSMITH_QUEUE: 'bull', ...ofRedis }),
    });
    const key = makeKey(sidecar.dataDir, 'worker');
    const admin = { authorization: `Bearer ${makeAdminKey(sidecar.dataDir)}` };
    const workers: WorkerProcess[] = [];
    const start = async (name: string, kind: string) => {
      const worker = await WorkerProcess.start(name, {
        url: sidecar.url,
        key,
        env: ofRedis,
        program: quickWorker(kind),
      });
      workers.push(worker);
      return worker;
    };
    const listed = async (name: string) => {
      const { items } = (await (await fetch(`${sidecar.url}/v1/workers`, { headers: admin })).json()) as {
        items: any[];
      };
      // A process that has ended is listed beside its successor for a minute.
      const named = items.filter((one) => one.name === name);
      return named.sort((a, b) => Date.parse(a.last_seen) - Date.parse(b.last_seen)).at(-1);
    };
    const submit = async (from: number, to: number) => {
      for (let seed = from; seed <= to; seed += 1) {
        const image = samplePng(seed);
        await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
        const subject = { type: 'attachment', id: String(seed) };
        await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
      }
    };
    const done = (count: number) =>
      waitFor(
        `${count} jobs`,
        async () => (await sidecar.call('GET', '/v1/jobs?state=done&limit=1&total=1')).body.total === count,
        { timeoutMs: 90_000 },
      );
    try {
      const one = await start('one', 'worker-demonstration');
      const two = await start('two', 'worker-demonstration');
      await submit(1, BEFORE);
      await done(BEFORE);
      // As an operator does it: one machine after the other, in the middle of work.
      await submit(BEFORE + 1, BEFORE + DURING / 2);
      await one.stop();
      await start('one', 'worker-30ms');
      await waitFor('the sidecar to know', async () => (await listed('one'))?.model?.id === 'quick');
      const isIdle = async () => {
        const { problem, running } = (await listed('two')) ?? {};
        return problem?.code === 'DEMONSTRATION_NOT_USED' && running === 0;
      };
      await waitFor('the old model to step back', isIdle, { timeoutMs: 40_000 });
      const { pictures } = await listed('two');
      await submit(BEFORE + DURING / 2 + 1, BEFORE + DURING);
      await done(BEFORE + DURING);
      expect((await listed('two')).pictures).toBe(pictures);
      await two.stop();
      const failed = (await sidecar.call('GET', '/v1/jobs?state=failed')).body.items;
      expect(failed).toEqual([]);
      const { items } = (await sidecar.call('GET', '/v1/suggestions?sort=newest&limit=200')).body;
      expect(items).toHaveLength(BEFORE + DURING);
      const late = items.filter(({ subject }: any) => Number(subject.id) > BEFORE + DURING / 2);
      expect(new Set(late.map(({ model }: any) => model.id))).toEqual(new Set(['quick']));
    } finally {
      for (const worker of workers) await worker.remove();
      await sidecar.remove();
      await redis?.remove();
    }
  },
  240_000,
);
