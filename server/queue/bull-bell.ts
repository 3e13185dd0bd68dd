import type { Queue } from 'bull';
import { setTimeout as pause } from 'node:timers/promises';
import { inBackground } from '../background';
import type { Logger } from '../logger';
import { withDeadline, type RedisLink } from './redis-link';

/** Name of the one list in Redis; every process of a sidecar rings and hears here. */
const QUEUE_NAME = 'bell';
/** A ring that Redis has not taken by then is given up; the reconciler rings again. */
const RING_DEADLINE_MS = 1000;
/** Rings under way at a time; more means that Redis is not answering. */
const MOST_RINGING = 200;
const TROUBLE_MS = 500;

/**
 * Tells workers in other processes that there is work. Redis holds job ids and nothing else, and nothing rests on it:
 * whoever hears a bell asks SQLite what is next, and whoever hears none asks from time to time.
 */
export class BullBell {
  /** Null before `start`. */
  #queue: Queue<{ id: string }> | null = null;
  readonly #waiting: ((heard: boolean) => void)[] = [];
  /** Bells that were taken from Redis when nobody waited any more. */
  #owed = 0;
  #ringing = 0;
  #isPulling = false;
  #isClosed = false;

  constructor(
    private readonly link: RedisLink,
    private readonly logger: Logger,
  ) {}

  /** Throws REDIS_EVICTS. A Redis that is not there is no reason not to start: jobs wait in SQLite, not in Redis. */
  async start(): Promise<void> {
    await this.link.start();
    const { default: Bull } = await import('bull');
    this.#queue = new Bull<{ id: string }>(QUEUE_NAME, {
      prefix: this.link.settings.prefix,
      createClient: (type) => (type === 'client' ? this.link.client : this.link.connect()),
      settings: { drainDelay: 1 },
    });
  }

  /** Rings once. Never waits and never fails: a bell that is lost is rung again by the reconciler. */
  ring(id: string): void {
    const queue = this.#queue;
    if (this.#isClosed || this.#ringing >= MOST_RINGING || queue?.client.status !== 'ready') return;
    this.#ringing += 1;
    const added = queue.add({ id }, { removeOnComplete: true, removeOnFail: true });
    withDeadline(added, RING_DEADLINE_MS)
      .catch((error: unknown) => {
        this.logger.warn({ err: error }, 'bell not rung');
      })
      .finally(() => {
        this.#ringing -= 1;
      });
  }

  isConnected(): boolean {
    return this.#queue?.client.status === 'ready';
  }

  /** Bells that nobody has heard yet; null when Redis does not answer. */
  async unheard(): Promise<number | null> {
    const queue = this.#queue;
    if (queue?.client.status !== 'ready') return null;
    return withDeadline(queue.getWaitingCount(), RING_DEADLINE_MS).catch(() => null);
  }

  /** Resolves with true at a bell that nobody else hears, with false after `timeoutMs` or when `signal` aborts. */
  heard(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted === true || this.#isClosed) return Promise.resolve(false);
    if (this.#owed > 0) {
      this.#owed -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const end = (isHeard: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        const at = this.#waiting.indexOf(end);
        if (at !== -1) this.#waiting.splice(at, 1);
        resolve(isHeard);
      };
      const giveUp = () => {
        end(false);
      };
      const timer = setTimeout(giveUp, timeoutMs);
      signal?.addEventListener('abort', giveUp);
      this.#waiting.push(end);
      inBackground(() => this.#pull(), this.#unreachable);
    });
  }

  /** Takes bells from Redis as long as somebody waits: one that nobody here can use belongs to another process. */
  async #pull(): Promise<void> {
    const queue = this.#queue;
    if (this.#isPulling || queue === null) return;
    this.#isPulling = true;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      try {
        const bell = await queue.getNextJob();
        // Nothing when a second has passed without a bell.
        if (bell) this.#deliver();
        await bell?.moveToCompleted('heard', true, true);
      } catch (error) {
        this.#unreachable(error);
        await pause(TROUBLE_MS);
      }
    }
    this.#isPulling = false;
  }

  readonly #unreachable = (error: unknown): void => {
    this.logger.debug({ err: error }, 'bells cannot be heard');
  };

  #deliver(): void {
    const first = this.#waiting[0];
    if (first === undefined) this.#owed += 1;
    else first(true);
  }

  /** Lets everybody go and leaves Redis, also one that does not answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const end of [...this.#waiting]) end(false);
    if (this.#queue !== null) await withDeadline(this.#queue.close(true), RING_DEADLINE_MS).catch(() => null);
    this.link.close();
  }
}
