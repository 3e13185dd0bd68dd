import Bull, { type Job, type Queue } from 'bull';
import { TASK_GROUPS } from '../../server/captioning/worker-registry';
import { BullDispatcher, queueNameFor, type Takers } from '../../server/queue/bull-dispatcher';
import { BullWindow } from '../../server/queue/bull-window';
import { RedisLink } from '../../server/queue/redis-link';
import { SqliteQueue } from '../../server/queue/sqlite-queue';
import { WindowStore } from '../../server/queue/window-store';
import pino from 'pino';
import type { Claim, Refusal } from '../../server/queue/queue';
import { LEASE_MS, QueueBench } from './queue-bench';
import type { RedisServer } from './redis-server';

const silent = pino({ level: 'silent' });

/** A queue whose jobs Bull distributes, and Bull as a worker sees it. */
export class BullBench {
  readonly #queues: Queue[] = [];

  private constructor(
    readonly bench: QueueBench,
    private readonly redis: RedisServer,
    private readonly prefix: string,
  ) {}

  /** `takers` are the workers that the dispatcher is told of. */
  static async start(redis: RedisServer, takers: () => readonly Takers[], prefix = 'altsmith'): Promise<BullBench> {
    const bench = await QueueBench.start((leases, { storage, now }) => {
      const link = new RedisLink({ url: redis.url, prefix, ca: null }, silent);
      const window = new BullWindow(link, TASK_GROUPS.map(queueNameFor));
      const rows = new WindowStore(storage, { leaseMs: LEASE_MS, now });
      const dispatcher = new BullDispatcher({ window, leases, rows, takers, logger: silent });
      return new SqliteQueue(leases, LEASE_MS, silent, dispatcher);
    });
    return new BullBench(bench, redis, prefix);
  }

  /** Bull's queue of a name, by a connection of its own. */
  queue(name = 'caption', lockMs = LEASE_MS): Queue {
    const { port } = new URL(this.redis.url);
    const queue = new Bull(name, {
      prefix: this.prefix,
      redis: { host: '127.0.0.1', port: Number(port) },
      settings: { lockDuration: lockMs, drainDelay: 1 },
    });
    this.#queues.push(queue);
    return queue;
  }

  /** How many jobs wait in Redis. */
  async waiting(name = 'caption'): Promise<number> {
    return Number((await this.redis.command(`LLEN ${this.prefix}:${name}:wait`)).slice(1));
  }

  begin({ id }: Pick<Job, 'id'>): Claim | Refusal {
    return this.bench.queue.begin(String(id), { worker: 'bull-w', tasks: ['caption'], isFromBull: true });
  }

  async remove(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close(true)));
    await this.bench.remove();
  }
}
