import { randomUUID } from 'node:crypto';
import type { JobOptions, Queue, QueueOptions } from 'bull';
import type { ErrorCode } from '../errors';
import type { PickedJob } from './job-picker';
import { ANSWER_MS, withDeadline, type RedisLink } from './redis-link';

/** Bull takes lower numbers first. */
const FOR_PEOPLE = 1;
const FOR_OTHERS = 2;

/** What the queues of both sides are opened with. Bull would ask for the version with INFO, which few users may. */
export function bullOptions(link: RedisLink): QueueOptions & { skipVersionCheck: true } {
  return { prefix: link.settings.prefix, skipVersionCheck: true };
}

/** What Redis holds of the jobs. */
export interface FoundJobs {
  /** Name of the queue by id. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Ids of those whose lock a worker holds. */
  readonly locked: readonly string[];
}

function optionsOf({ id, isForPerson }: PickedJob): JobOptions {
  const priority = isForPerson ? FOR_PEOPLE : FOR_OTHERS;
  return { jobId: id, priority, attempts: 1, removeOnComplete: true, removeOnFail: true };
}

/** The mark of a sidecar that is gone ends by itself. */
const MARK_MS = 6000;

/** The queues of Bull as the sidecar sees them. They hold ids and nothing else, each as the id of a job of Bull. */
export class BullWindow {
  readonly #queues = new Map<string, Queue>();
  /** What this process marks the prefix with. */
  readonly #mark = randomUUID();
  #otherSince: number | null = null;

  constructor(
    private readonly link: RedisLink,
    /** Names of all queues there may be. */
    private readonly names: readonly string[],
    private readonly markMs = MARK_MS,
  ) {}

  /** Throws REDIS_EVICTS. */
  async start(): Promise<void> {
    await this.link.start();
    // Loaded here: a sidecar without Redis has no use for it.
    const { default: Bull } = await import('bull');
    const options: QueueOptions = { ...bullOptions(this.link), createClient: () => this.link.client };
    for (const name of this.names) this.#queues.set(name, new Bull(name, options));
  }

  /** The queues themselves, for bull-board; none before the start. */
  queues(): Queue[] {
    return [...this.#queues.values()];
  }

  /** Why Redis cannot be asked; null when it answers now. */
  async problem(): Promise<ErrorCode | null> {
    const known = this.link.problem()?.code ?? null;
    if (known !== null && known !== 'REDIS_RIGHTS_MISSING') return known;
    const answer = this.#isConnected() ? await this.#ask(() => this.link.client.ping(), this.names.slice(0, 1)) : null;
    return answer === null ? 'REDIS_UNREACHABLE' : null;
  }

  /** With rights missing too: only a try shows whether they have been given since. */
  isUsable(): boolean {
    const problem = this.link.problem();
    return this.#isConnected() && (problem === null || problem.code === 'REDIS_RIGHTS_MISSING');
  }

  /** False while the client would only queue commands. */
  #isConnected(): boolean {
    return this.link.client.status === 'ready';
  }

  /** True when Redis has them. `attempts` is 1: what becomes of a failed job is decided by one policy, and not in Redis. */
  async add(name: string, jobs: readonly PickedJob[]): Promise<boolean> {
    // One by one: of a bulk, Bull does not say what Redis refused.
    const add = (queue: Queue) => Promise.all(jobs.map((job) => queue.add({}, optionsOf(job))));
    const isAdded = (await this.#ask(add, [name])) !== null;
    if (isAdded) this.link.worked();
    return isAdded;
  }

  /** Null when Redis does not answer. */
  async look(): Promise<FoundJobs | null> {
    if (!this.#isConnected()) return null;
    await this.#keepMark();
    const jobs = new Map<string, string>();
    const active: [id: string, lock: string][] = [];
    const lists = await this.#ask(async (queue) => {
      const [waiting, paused, taken] = await Promise.all(
        ['wait', 'paused', 'active'].map((list) => this.link.client.lrange(queue.toKey(list), 0, -1)),
      );
      for (const id of [...(waiting ?? []), ...(paused ?? []), ...(taken ?? [])]) jobs.set(id, queue.name);
      for (const id of taken ?? []) active.push([id, `${queue.toKey(id)}:lock`]);
      return jobs;
    }, this.names);
    if (lists === null) return null;
    if (active.length === 0) return { jobs, locked: [] };
    const locks = await this.#ask(() => this.link.client.mget(active.map(([, lock]) => lock)), this.names.slice(0, 1));
    if (locks === null) return null;
    return { jobs, locked: active.filter((_, index) => locks[0]?.[index] !== null).map(([id]) => id) };
  }

  get #markKey(): string {
    return `${this.link.settings.prefix}:sidecar`;
  }

  /** Two sidecars of one prefix take each other's jobs for gone. The mark of another one that is still kept is told. */
  async #keepMark(): Promise<void> {
    const { client } = this.link;
    const key = this.#markKey;
    const mark = async () => {
      if ((await client.set(key, this.#mark, 'PX', this.markMs, 'NX')) === 'OK') return true;
      if ((await client.get(key)) !== this.#mark) return false;
      await client.set(key, this.#mark, 'PX', this.markMs);
      return true;
    };
    // Without the right to set a key nothing is found out.
    const isOurs = await withDeadline(mark(), ANSWER_MS).catch(() => null);
    if (isOurs === null) return;
    const now = performance.now();
    this.#otherSince = isOurs ? null : (this.#otherSince ?? now);
    this.link.shared(this.#otherSince !== null && now - this.#otherSince > this.markMs);
  }

  async #removeMark(): Promise<void> {
    const { client } = this.link;
    if (this.#isConnected() && (await client.get(this.#markKey)) === this.#mark) await client.del(this.#markKey);
  }

  async #ask<Answer>(ask: (queue: Queue) => Promise<Answer>, names: readonly string[]): Promise<Answer[] | null> {
    const queues = names.map((name) => this.#queues.get(name)).filter((queue) => queue !== undefined);
    try {
      return await withDeadline(Promise.all(queues.map(ask)), ANSWER_MS);
    } catch (error) {
      this.link.failed(error);
      return null;
    }
  }

  async close(): Promise<void> {
    const queues = [...this.#queues.values()];
    await withDeadline(this.#removeMark(), ANSWER_MS).catch(() => null);
    await withDeadline(Promise.all(queues.map((queue) => queue.close(true))), ANSWER_MS).catch(() => null);
    this.link.close();
  }
}
