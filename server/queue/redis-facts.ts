import { connect } from 'node:net';
import { guarded } from '../background';
import { AppError, type ErrorCode } from '../errors';
import type { RedisSettings } from '../redis-settings';

const DEADLINE_MS = 2000;
const USUAL_PORT = 6379;
/** A Redis that refuses a connection says so at once. */
const FIRST_WORDS_MS = 500;

export interface RedisFacts {
  /** `noeviction` unless this Redis throws keys away when it is full. */
  readonly evictionPolicy: string;
  readonly keepsAppendOnlyFile: boolean;
}

/** What the answer to INFO says. */
export function factsOf(info: string): RedisFacts {
  return {
    evictionPolicy: /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown',
    keepsAppendOnlyFile: /^aof_enabled:1\s*$/m.test(info),
  };
}

/** Codes of Node.js and OpenSSL for a certificate that is not trusted, and for a server that speaks no TLS. */
const TLS_CODES = /CERT|UNABLE_TO_|ERR_SSL|ERR_TLS|EPROTO/;

/** What an error of the Redis client means for the operator. */
export function redisProblem(error: unknown): ErrorCode {
  if (error instanceof AppError) return error.code;
  const { message, code } = error as { message?: unknown; code?: unknown };
  const said = typeof message === 'string' ? message : '';
  if (/\b(NOAUTH|WRONGPASS)\b|invalid password|ERR AUTH/.test(said)) return 'REDIS_LOGIN_REFUSED';
  if (/\bNOPERM\b|ACL failure/.test(said)) return 'REDIS_RIGHTS_MISSING';
  if (typeof code === 'string' && TLS_CODES.test(code)) return 'REDIS_TLS_FAILED';
  return 'REDIS_UNREACHABLE';
}

/**
 * Whether Redis hangs up on connections from this machine because it has no password. The client hears nothing of that: it drops
 * what is said before it is ready.
 */
export function isProtected({ url }: Pick<RedisSettings, 'url'>): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'redis:') return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || USUAL_PORT) });
    socket.setTimeout(FIRST_WORDS_MS, () => socket.destroy());
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    const hear = (words: Buffer) => {
      resolve(words.toString('latin1').startsWith('-DENIED'));
      socket.destroy();
    };
    socket.once(
      'data',
      guarded(hear, () => resolve(false)),
    );
  });
}

/** Asks Redis how it is set up. Rejects with Redis's own words, or when it has not answered in two seconds. */
export async function askRedis({ url, ca }: RedisSettings): Promise<RedisFacts> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: DEADLINE_MS,
    commandTimeout: DEADLINE_MS,
    enableReadyCheck: false,
    ...(ca === null ? {} : { tls: { ca } }),
  });
  let cause: unknown;
  client.on('error', (error) => (cause = error));
  try {
    await client.connect();
    return factsOf(await client.info());
  } catch (error) {
    // The `error` event has the reason; the call only rejects because the connection was closed.
    throw cause ?? error;
  } finally {
    client.disconnect();
  }
}
