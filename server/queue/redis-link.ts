import type { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { guarded, inBackground } from '../background';
import { AppError, CATALOGUE, type ErrorCode } from '../errors';
import type { Logger } from '../logger';
import type { RedisSettings } from '../redis-settings';
import { factsOf, isProtected, redisProblem, type RedisFacts } from './redis-facts';

/** Longest wait for an answer of Redis, in ms. */
export const ANSWER_MS = 1000;
const LOOK_EVERY_MS = 2000;
const LONGEST_BETWEEN_TRIES_MS = 5000;
/** After this time a connection that does not end is cut, in ms. */
const DISCONNECT_MS = 200;
/** TCP keep-alive, in ms: finds out that a router has dropped the connection. */
const KEEP_ALIVE_MS = 10_000;

/**
 * The connections of this process to Redis, and whether it can be used. Everything works without it, so a problem is only a
 * state: it is logged when it comes and when it goes, and shown by the health routes.
 */
export class RedisLink {
  readonly #clients = new Set<Redis>();
  readonly #stopping = new AbortController();
  #Client: typeof Redis | null = null;
  #client: Redis | null = null;
  #problem: ErrorCode | null = null;
  #isKnown = false;
  /** Whether this connection has been asked how Redis is set up. */
  #isAsked = false;
  #isShared = false;

  constructor(
    readonly settings: RedisSettings,
    private readonly logger: Logger,
  ) {}

  /** Connects. Throws REDIS_EVICTS. A Redis that is not there, or refuses the login, does not stop the start. */
  async start(): Promise<void> {
    // Loaded here: a sidecar without Redis has no use for its client.
    this.#Client = (await import('ioredis')).Redis;
    this.#client = this.connect();
    this.#client.on('close', () => (this.#isAsked = false));
    await this.#look();
    if (this.#problem === 'REDIS_EVICTS') throw new AppError('REDIS_EVICTS');
    inBackground(
      () => this.#watch(),
      (error) => {
        this.failed(error);
      },
    );
  }

  /** The connection for commands that are answered at once. Not before `start`. */
  get client(): Redis {
    if (this.#client === null) throw new Error('the link to Redis was not started');
    return this.#client;
  }

  /** A further connection, closed with this link. Not before `start`. */
  connect(): Redis {
    const { url, ca } = this.settings;
    const Client = this.#Client;
    if (Client === null) throw new Error('the link to Redis was not started');
    const client = new Client(url, {
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      keepAlive: KEEP_ALIVE_MS,
      disconnectTimeout: DISCONNECT_MS,
      retryStrategy: (times) => Math.min(100 * 2 ** times, LONGEST_BETWEEN_TRIES_MS),
      ...(ca === null ? {} : { tls: { ca } }),
    });
    client.on(
      'error',
      guarded(
        (error: Error) => this.failed(error),
        () => undefined,
      ),
    );
    this.#clients.add(client);
    return client;
  }

  /** Ends one of the connections. */
  disconnect(client: Redis): void {
    this.#clients.delete(client);
    client.disconnect();
  }

  /** Why Redis cannot be used; null when it can. */
  problem(): { code: ErrorCode; message: string } | null {
    return this.#problem === null ? null : { code: this.#problem, message: CATALOGUE[this.#problem].message };
  }

  /** The same, or what makes it slow. */
  warning(): { code: ErrorCode; message: string } | null {
    if (this.#problem !== null || !this.#isShared) return this.problem();
    return { code: 'REDIS_PREFIX_SHARED', message: CATALOGUE.REDIS_PREFIX_SHARED.message };
  }

  /** Whether another sidecar uses the prefix. */
  shared(isShared: boolean): void {
    if (isShared === this.#isShared) return;
    this.#isShared = isShared;
    if (isShared) this.logger.error({ code: 'REDIS_PREFIX_SHARED' }, CATALOGUE.REDIS_PREFIX_SHARED.message);
    else this.logger.info('no other sidecar uses the prefix in redis any more');
  }

  /** Redis refused a command, or a connection to it failed. */
  failed(error: unknown): void {
    if (!this.#stopping.signal.aborted) this.#set(redisProblem(error), error);
  }

  /** A command that the queue needs went well. */
  worked(): void {
    // How it is set up is asked for, not tried.
    if (this.#problem !== 'REDIS_EVICTS') this.#set(null);
  }

  #set(problem: ErrorCode | null, cause?: unknown): void {
    if (this.#problem === problem && this.#isKnown) return;
    // Only the message is logged: the error object holds the command, and with it the password.
    const said = cause instanceof Error ? cause.message : undefined;
    if (problem !== null) this.logger.warn({ code: problem, said }, CATALOGUE[problem].message);
    else if (this.#isKnown) this.logger.info('redis can be used again');
    this.#problem = problem;
    this.#isKnown = true;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      await pause(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!isStopped()) await this.#look();
    }
  }

  async #look(): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    try {
      const answer = await withDeadline(client.ping(), ANSWER_MS);
      if (answer === null) await this.#unanswered();
      else if (!this.#isAsked && (await this.#evicts())) this.#set('REDIS_EVICTS');
      // That it answers says nothing about the rights to other commands.
      else if (this.#problem !== 'REDIS_RIGHTS_MISSING') this.#set(null);
    } catch (error) {
      this.failed(error);
    }
  }

  /** A connection that could not be opened has reported its own error already. */
  async #unanswered(): Promise<void> {
    if (this.#problem !== null) return;
    const code = (await isProtected(this.settings)) ? 'REDIS_PROTECTED' : 'REDIS_UNREACHABLE';
    this.failed(new AppError(code));
  }

  /** Null where the user has no right to ask. */
  async #facts(): Promise<RedisFacts | null> {
    const info = await withDeadline(this.#client?.info() ?? Promise.resolve(null), ANSWER_MS).catch(() => null);
    return info === null ? null : factsOf(info);
  }

  /** Asked of each new connection, since another Redis may have come in the place of the first, and again until the answer is no. */
  async #evicts(): Promise<boolean> {
    const facts = await this.#facts();
    this.#isAsked = facts?.evictionPolicy === undefined || facts.evictionPolicy === 'noeviction';
    if (facts === null)
      this.logger.info('redis does not let this user ask how it is set up; it must not throw keys away (noeviction)');
    else if (this.#isAsked && !facts.keepsAppendOnlyFile)
      this.logger.info(
        'redis keeps no append-only file; after it restarts, workers elsewhere wait up to two seconds, and no job is lost',
      );
    return !this.#isAsked;
  }

  close(): void {
    this.#stopping.abort();
    for (const client of this.#clients) client.disconnect();
  }
}

/** The value, or null when it has not come in time. */
export async function withDeadline<Value>(value: Promise<Value>, ms: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, ms);
  });
  // A rejection after the deadline has no other handler.
  value.catch(() => undefined);
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
