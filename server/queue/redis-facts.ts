import Redis from 'ioredis';

const DEADLINE_MS = 2000;

export interface RedisFacts {
  /** `noeviction` unless this Redis throws keys away when it is full. */
  readonly evictionPolicy: string;
  readonly keepsAppendOnlyFile: boolean;
}

/** Asks Redis how it is set up. Rejects with Redis's own words, or when it has not answered in two seconds. */
export async function askRedis(url: string): Promise<RedisFacts> {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: DEADLINE_MS,
    commandTimeout: DEADLINE_MS,
    enableReadyCheck: false,
  });
  // What fails is told by the call that failed.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const info = await client.info();
    return {
      evictionPolicy: /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown',
      keepsAppendOnlyFile: /^aof_enabled:1\s*$/m.test(info),
    };
  } finally {
    client.disconnect();
  }
}
