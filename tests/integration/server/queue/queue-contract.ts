import { AppError } from '../../../../server/errors';
import type { Claim } from '../../../../server/queue/queue';
import { LEASE_MS, QueueBench, type QueueMaker } from '../../../support/queue-bench';
import { waitFor } from '../../../support/wait-for';

const WAIT = { worker: 'w', waitMs: 10_000 };
const result = { suggestionId: 'sug_1', modelId: 'fake' };

/** What every driver of the queue promises. One suite, run over each of them against the real thing. */
export function describeQueue(name: string, make: QueueMaker): void {
  describe(name, () => {
    let bench: QueueBench;
    beforeEach(async () => (bench = await QueueBench.start(make)));
    afterEach(() => bench.remove());

    const claim = async (): Promise<Claim> => {
      const claimed = await bench.queue.claim(WAIT);
      if (claimed === null) throw new Error('no job came');
      return claimed;
    };
    const state = (id: string) => (bench.jobs().get(id) ?? bench.jobs(bench.siteB).get(id))?.state;

    test('a job comes with its work, and the attempt is counted before the work', async () => {
      const job = bench.addAndRing();
      const claimed = await claim();
      expect(claimed).toMatchObject({
        jobId: job.id,
        siteId: bench.siteA,
        imageSha256: 'a'.repeat(64),
        subject: job.subject,
        attempt: 1,
        work: { fields: ['alt_text'], locale: 'en', context: null, current: null },
      });
      expect(bench.jobs().get(job.id)).toMatchObject({ state: 'running', attempts: 1 });
    });

    test('somebody who waits is woken by the bell', async () => {
      const waiting = bench.queue.claim(WAIT);
      const started = performance.now();
      const job = bench.addAndRing();
      expect((await waiting)?.jobId).toBe(job.id);
      expect(performance.now() - started).toBeLessThan(WAIT.waitMs / 2);
    });

    test('nobody is kept longer than agreed, and an abort ends the waiting at once', async () => {
      expect(await bench.queue.claim({ worker: 'w', waitMs: 0 })).toBeNull();
      expect(await bench.queue.claim({ worker: 'w', waitMs: 50 })).toBeNull();
      const abort = new AbortController();
      const waiting = bench.queue.claim({ ...WAIT, signal: abort.signal });
      abort.abort();
      expect(await waiting).toBeNull();
      // What the aborted one would have got goes to the next.
      const job = bench.addAndRing();
      expect((await claim()).jobId).toBe(job.id);
    });

    test('a job whose bell was never rung, or was lost, is found all the same', async () => {
      const job = bench.add();
      expect((await claim()).jobId).toBe(job.id);
    });

    test('people come before uploads, uploads before backfills, and the oldest first', async () => {
      const wishes = ['backfill', 'upload', 'interactive', 'backfill', 'upload', 'interactive'] as const;
      const ids = wishes.map((priority) => bench.addAndRing({ priority }).id);
      const order: string[] = [];
      while (order.length < ids.length) order.push((await claim()).jobId);
      expect(order).toEqual([ids[2], ids[5], ids[1], ids[4], ids[0], ids[3]]);
    });

    test('a site with three jobs is not kept waiting by a site with thirty', async () => {
      for (let index = 0; index < 30; index += 1) bench.addAndRing({ site: bench.siteA });
      for (let index = 0; index < 3; index += 1) bench.addAndRing({ site: bench.siteB });
      const sites: string[] = [];
      for (let index = 0; index < 7; index += 1) sites.push((await claim()).siteId);
      expect(sites.filter((site) => site === bench.siteB)).toHaveLength(3);
    });

    test('twelve workers never get the same job', async () => {
      for (let index = 0; index < 60; index += 1) bench.addAndRing();
      const worker = async (): Promise<string[]> => {
        const ids: string[] = [];
        for (;;) {
          const claimed = await bench.queue.claim({ worker: 'w', waitMs: 300 });
          if (claimed === null) return ids;
          ids.push(claimed.jobId);
        }
      };
      const ids = (await Promise.all(Array.from({ length: 12 }, worker))).flat();
      expect(ids).toHaveLength(60);
      expect(new Set(ids).size).toBe(60);
    });

    test('a finished job is done, and cannot be finished, failed or renewed again', async () => {
      const job = bench.addAndRing();
      const claimed = await claim();
      bench.queue.complete(claimed, result);
      expect(bench.jobs().get(job.id)).toMatchObject({ state: 'done', suggestion_id: 'sug_1', error: null });
      expect(() => bench.queue.complete(claimed, result)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
      expect(() => bench.queue.fail(claimed, new AppError('INTERNAL'))).toThrow(
        expect.objectContaining({ code: 'LEASE_LOST' }),
      );
      expect(bench.queue.renew(claimed)).toBe(false);
    });

    test('a finish that is rolled back leaves the job with its worker', async () => {
      const job = bench.addAndRing();
      const claimed = await claim();
      const finish = () =>
        bench.storage.transaction(() => {
          bench.queue.complete(claimed, result);
          throw new Error('the suggestion could not be written');
        });
      expect(finish).toThrow('could not be written');
      expect(state(job.id)).toBe('running');
      expect(bench.queue.renew(claimed)).toBe(true);
    });

    test('a job whose worker fell silent is handed out again; the first result counts, a failure only of the newest start', async () => {
      const job = bench.addAndRing();
      const first = await claim();
      bench.advance(LEASE_MS + 1);
      const second = await claim();
      expect(second).toMatchObject({ jobId: job.id, attempt: 2 });
      expect(second.token).toBeGreaterThan(first.token);
      expect(bench.queue.renew(first)).toBe(false);
      const lost = expect.objectContaining({ code: 'LEASE_LOST' });
      expect(() => bench.queue.fail(first, new AppError('IMAGE_CORRUPT'))).toThrow(lost);
      expect(() => bench.queue.complete({ ...second, token: second.token + 1 }, result)).toThrow(lost);
      expect(state(job.id)).toBe('running');
      bench.queue.complete(first, result);
      expect(state(job.id)).toBe('done');
      expect(() => bench.queue.complete(second, result)).toThrow(lost);
    });

    test('a worker that is told of a job begins it by fetching its picture', async () => {
      const job = bench.addAndRing();
      const begin = (id: string, tasks: readonly ('caption' | 'answer')[] = ['caption']) =>
        bench.queue.begin(id, { worker: 'w', tasks, isFromBull: false });
      expect(await bench.queue.next(WAIT)).toBe(job.id);
      // Nothing is counted yet, and nobody else is told of it.
      expect(bench.jobs().get(job.id)).toMatchObject({ state: 'waiting', attempts: 0 });
      expect(await bench.queue.next({ worker: 'w', waitMs: 0 })).toBeNull();
      expect(begin(job.id, ['answer'])).toEqual({ state: 'waiting' });
      expect(begin(job.id)).toMatchObject({ jobId: job.id, attempt: 1 });
      expect(begin(job.id)).toEqual({ state: 'running' });
      expect(begin('job_unknown')).toEqual({ state: 'gone' });
      const other = bench.addAndRing();
      expect(await bench.queue.next(WAIT)).toBe(other.id);
      bench.queue.takeBack(other.id);
      expect(await bench.queue.next(WAIT)).toBe(other.id);
      bench.jobs().cancel(other.id);
      expect(begin(other.id)).toEqual({ state: 'cancelled' });
    });

    test('a lease that is renewed does not end', async () => {
      bench.addAndRing();
      const claimed = await claim();
      for (let index = 0; index < 4; index += 1) {
        bench.advance(LEASE_MS * 0.75);
        expect(bench.queue.renew(claimed)).toBe(true);
      }
      expect(await bench.queue.claim({ worker: 'w', waitMs: 1500 })).toBeNull();
      bench.queue.complete(claimed, result);
    });

    test('a failure that may pass is tried again after a while, one that cannot pass is final', async () => {
      const job = bench.addAndRing();
      expect(bench.queue.fail(await claim(), new AppError('STORAGE_UNAVAILABLE'))).toBe('waiting');
      expect(bench.jobs().get(job.id)).toMatchObject({ state: 'waiting', error: { code: 'STORAGE_UNAVAILABLE' } });
      expect(await bench.queue.claim({ worker: 'w', waitMs: 0 })).toBeNull();
      bench.advance(1001);
      const again = await claim();
      expect(again).toMatchObject({ jobId: job.id, attempt: 2 });
      expect(bench.queue.fail(again, new AppError('IMAGE_CORRUPT'))).toBe('failed');
      expect(bench.jobs().get(job.id)).toMatchObject({
        state: 'failed',
        error: { code: 'IMAGE_CORRUPT', retryable: false },
        finished_at: expect.any(String),
      });
      expect(bench.ended).toEqual([`failed ${job.id}`]);
    });

    test('a failure that is nobody’s fault holds nothing against the job, however often', async () => {
      const job = bench.addAndRing();
      for (let times = 1; times <= 25; times += 1) {
        const by = { machine: 'm', blame: 'nobody' } as const;
        expect(bench.queue.fail(await claim(), new AppError('MODEL_SERVER_BUSY'), by)).toBe('waiting');
        bench.advance(64_001);
      }
      expect(bench.queue.fail(await claim(), new AppError('INTERNAL'), { machine: 'm', blame: 'unknown' })).toBe(
        'waiting',
      );
      expect(bench.jobs().get(job.id)).toMatchObject({ state: 'waiting', error: { code: 'INTERNAL' } });
    });

    test('an image that ends three workers is put aside, and its neighbours go on', async () => {
      const poison = bench.addAndRing();
      for (let crash = 1; crash <= 3; crash += 1) {
        const claimed = await claim();
        expect(claimed.jobId).toBe(poison.id);
        bench.queue.fail(claimed, new AppError('DECODE_CRASHED'));
        bench.advance(60_000);
      }
      expect(bench.jobs().get(poison.id)).toMatchObject({ state: 'failed', error: { code: 'DECODE_CRASHED' } });
      const neighbour = bench.addAndRing();
      expect((await claim()).jobId).toBe(neighbour.id);
    });

    test('a worker that stops hands its job back, and nothing is held against it', async () => {
      const job = bench.addAndRing();
      for (let turn = 1; turn <= 20; turn += 1) {
        const claimed = await claim();
        expect(claimed).toMatchObject({ jobId: job.id, attempt: turn });
        bench.queue.release(claimed);
      }
      expect(bench.jobs().get(job.id)).toMatchObject({ state: 'waiting', error: null });
    });

    test('a cancelled job is not handed out, and a running one is lost to its worker', async () => {
      const waiting = bench.addAndRing();
      bench.jobs().cancel(waiting.id);
      expect(await bench.queue.claim({ worker: 'w', waitMs: 0 })).toBeNull();
      const running = bench.addAndRing();
      const claimed = await claim();
      bench.jobs().cancel(running.id);
      expect(bench.queue.renew(claimed)).toBe(false);
      expect(() => bench.queue.complete(claimed, result)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
      expect(bench.ended).toEqual([`cancelled ${waiting.id}`, `cancelled ${running.id}`]);
    });

    test('a cancelled job that is wanted after all waits again with clean counts', async () => {
      const job = bench.addAndRing();
      bench.jobs().cancel(job.id);
      bench.jobs().retry(job.id);
      bench.queue.ring(job.id);
      expect((await claim()).jobId).toBe(job.id);
    });

    test('nothing is lost by a restart: what waited waits, what ran runs again', async () => {
      const ran = bench.addAndRing();
      const waited = bench.addAndRing();
      await claim();
      await bench.restart();
      expect((await claim()).jobId).toBe(waited.id);
      bench.advance(LEASE_MS + 1);
      expect((await claim()).jobId).toBe(ran.id);
    });

    test('the jobs of a paused run stay where they are until it goes on', async () => {
      const runId = 'run_1';
      const setState = (to: string) =>
        bench.storage.db.prepare('UPDATE runs SET state = ? WHERE id = ?').run(to, runId);
      bench.storage.db
        .prepare(
          `INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at)
           VALUES (?, ?, 'backfill', 'paused', 0, 0, 0)`,
        )
        .run(runId, bench.siteA);
      const held = [bench.addAndRing({ runId }), bench.addAndRing({ runId })];
      const free = bench.addAndRing({ priority: 'backfill' });
      expect((await claim()).jobId).toBe(free.id);
      expect(await bench.queue.claim({ worker: 'w', waitMs: 0 })).toBeNull();
      setState('running');
      bench.leases.hold(runId, 0);
      for (const job of held) bench.queue.ring(job.id);
      expect([(await claim()).jobId, (await claim()).jobId]).toEqual(held.map((job) => job.id));
    });

    test('hundreds of jobs drain, each exactly once', async () => {
      const total = 600;
      bench.storage.transaction(() => {
        for (let index = 0; index < total; index += 1) bench.add({ site: index % 3 === 0 ? bench.siteB : bench.siteA });
      });
      const worker = async () => {
        for (;;) {
          const claimed = await bench.queue.claim({ worker: 'w', waitMs: 200 });
          if (claimed === null) return;
          bench.queue.complete(claimed, { suggestionId: `sug_${claimed.jobId}`, modelId: 'fake' });
        }
      };
      await waitFor(
        'all jobs to end',
        async () => {
          await Promise.all([worker(), worker(), worker()]);
          return bench.jobs().counts().waiting + bench.jobs(bench.siteB).counts().waiting === 0;
        },
        { timeoutMs: 25_000 },
      );
      const row = bench.storage.db
        .prepare<[], { done: number; attempts: number }>(
          "SELECT sum(state = 'done') AS done, sum(attempts) AS attempts FROM jobs",
        )
        .get();
      expect(row).toEqual({ done: total, attempts: total });
    });
  });
}
