import type { Job, Queue, QueueOptions } from 'bull';
import type { Redis } from 'ioredis';
import type { WorkerAnnouncementReply } from '../contract/worker';
import { guarded, inBackground } from '../background';
import type { Logger } from '../logger';
import { bullOptions } from '../queue/bull-window';
import { ANSWER_MS, withDeadline, type RedisLink } from '../queue/redis-link';

export interface BullSourceParts {
  readonly link: RedisLink;
  /** Does a job; its lock is renewed meanwhile. Never rejects. */
  readonly work: (jobId: string, isLocked: () => Promise<boolean>) => Promise<void>;
  /** Jobs at a time. */
  readonly slots: number;
  readonly logger: Logger;
}

/** Bull's own limit of stalls for one job, out of reach: the sidecar counts interruptions and decides. */
const MOST_STALLS = 1000;
/** Pause after Redis has refused a command, in ms. */
const AGAIN_MS = 1000;
/** Longest time that Bull's blocking command waits for a job. */
const WAIT_SECONDS = 2;

type Place = NonNullable<WorkerAnnouncementReply['queue']>;

/** Takes jobs from Bull: as many at a time as there are slots, each locked in Redis while it is worked on. */
export class BullSource {
  #queue: Queue | null = null;
  #place: Place | null = null;
  #isPaused = false;
  #clients: Redis[] = [];
  #idleLooks = 0;
  #running = 0;

  readonly #failed = (error: unknown): void => {
    this.parts.link.failed(error);
  };

  constructor(private readonly parts: BullSourceParts) {}

  /** Whether jobs come from here now. */
  isTaking(): boolean {
    return this.#queue !== null && !this.#isPaused && this.parts.link.problem() === null;
  }

  /** Takes from the queue that the sidecar has named; null: from none. */
  async follow({ queue: place, lease_seconds: seconds }: WorkerAnnouncementReply): Promise<void> {
    const isSame = place?.name === this.#place?.name && place?.prefix === this.#place?.prefix;
    if (isSame && !(await this.#isStuck())) return;
    await this.#leave();
    this.#place = place;
    if (place !== null) await this.#open(place, seconds * 1000);
  }

  async #open({ name, prefix }: Place, lockMs: number): Promise<void> {
    const { link, slots, logger } = this.parts;
    const { default: Bull } = await import('bull');
    const options: QueueOptions = {
      ...bullOptions(link),
      prefix,
      createClient: () => this.#connect(),
      settings: {
        lockDuration: lockMs,
        stalledInterval: lockMs / 2,
        maxStalledCount: MOST_STALLS,
        retryProcessDelay: AGAIN_MS,
        drainDelay: WAIT_SECONDS,
      },
    };
    const queue = new Bull(name, options);
    queue.on(
      'error',
      guarded(this.#failed, () => undefined),
    );
    // Bull names its connection and leaves the error unhandled, which ends the process, when Redis goes away meanwhile.
    Object.assign(queue, { setWorkerName: () => Promise.resolve() });
    takeOneAtATime(queue);
    this.#queue = queue;
    // Resolves when the queue is closed.
    inBackground(() => queue.process(slots, (job) => this.#work(queue, job)), this.#failed);
    if (this.#isPaused) await withDeadline(queue.pause(true, true), ANSWER_MS).catch(this.#failed);
    logger.info({ queue: name }, 'jobs are taken from redis');
  }

  #connect(): Redis {
    const client = this.parts.link.connect();
    this.#clients.push(client);
    return client;
  }

  async #work(queue: Queue, job: Job): Promise<void> {
    this.parts.link.worked();
    this.#running += 1;
    const id = String(job.id);
    try {
      await this.parts.work(id, () => holdsLock(queue, id));
    } finally {
      this.#running -= 1;
      // Bull cannot end it any more: its connections are closed.
      if (this.#queue !== queue) await this.#endInRedis(queue, id);
    }
  }

  /** Otherwise a job that was left over stays locked for the length of a lease, and nobody else is given it. */
  async #endInRedis(queue: Queue, id: string): Promise<void> {
    const { client } = this.parts.link;
    const lock = `${queue.toKey(id)}:lock`;
    const end = async () => {
      if ((await client.get(lock)) !== tokenOf(queue)) return;
      await client.lrem(queue.toKey('active'), 0, id);
      await client.del(queue.toKey(id), lock);
    };
    await withDeadline(end(), ANSWER_MS).catch(this.#failed);
  }

  /** True when jobs wait while none runs here, at two looks in a row: Bull's connection was lost without an error. */
  async #isStuck(): Promise<boolean> {
    const queue = this.#queue;
    if (queue === null || !this.isTaking() || this.#running > 0) this.#idleLooks = 0;
    else {
      const waiting = await withDeadline(this.parts.link.client.llen(queue.toKey('wait')), ANSWER_MS).catch(() => null);
      this.#idleLooks = waiting !== null && waiting > 0 ? this.#idleLooks + 1 : 0;
    }
    return this.#idleLooks >= 2;
  }

  /** Takes nothing more for now; what is under way goes on. */
  pause(): void {
    this.#isPaused = true;
    inBackground(() => this.#queue?.pause(true, true), this.#failed);
  }

  resume(): void {
    this.#isPaused = false;
    inBackground(() => this.#queue?.resume(true), this.#failed);
  }

  async #leave(): Promise<void> {
    const queue = this.#queue;
    this.#queue = null;
    this.#idleLooks = 0;
    if (queue === null) return;
    const clients = this.#clients.splice(0);
    await withDeadline(queue.pause(true, true), ANSWER_MS).catch(this.#failed);
    // A job that was not begun is given back to Redis by its end; cut off, it would stay locked for the length of a lease.
    await withDeadline(underWay(queue), ANSWER_MS).catch(() => null);
    // Bull's own waiting for jobs (`close()`) leaves an error unhandled when Redis goes away meanwhile.
    await withDeadline(queue.close(true), ANSWER_MS).catch(() => null);
    for (const client of clients) this.parts.link.disconnect(client);
  }

  close(): Promise<void> {
    return this.#leave();
  }
}

/** Resolves once the jobs that Bull has handed out here are ended in Redis too. */
async function underWay(queue: Queue): Promise<void> {
  const { processing } = queue as Queue & { processing: Readonly<Record<number, Promise<unknown>>> };
  await Promise.all(Object.values(processing));
}

/**
 * With the end of a job Bull fetches and locks the next one. Where it is paused or closed before it hears of that, the next
 * one would stay locked for the length of a lease while nobody works on it. So the next one is asked for afterwards.
 */
function takeOneAtATime(queue: Queue): void {
  const { processJob } = queue as Queue & { processJob: (job: Job | null, notFetch: boolean) => Promise<unknown> };
  Object.assign(queue, { processJob: (job: Job | null) => processJob(job, true) });
}

/** What Bull writes into the locks of this connection. */
function tokenOf(queue: Queue): string {
  return (queue as Queue & { token: string }).token;
}

/** False also when Redis does not answer. */
async function holdsLock(queue: Queue, id: string): Promise<boolean> {
  const holder = await withDeadline(queue.client.get(`${queue.toKey(id)}:lock`), ANSWER_MS).catch(() => null);
  return holder === tokenOf(queue);
}
