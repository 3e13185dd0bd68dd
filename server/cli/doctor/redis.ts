import { CATALOGUE } from '../../errors';
import { askRedis, isProtected, redisProblem } from '../../queue/redis-facts';
import type { RedisSettings } from '../../redis-settings';
import { note, ok, problem, type Finding, type Ground } from './check';

/**
 * Whether Redis answers and keeps what it is given. Only asked when the settings name one. Where the sidecar puts no jobs into it, no more
 * than a worker of this machine may want it: then nothing about it is a problem.
 */
export async function lookAtRedis({ config }: Ground): Promise<readonly Finding[]> {
  const { redis } = config;
  if (redis === null) return [ok('Redis is not used; the queue is the database itself.')];
  const findings = await examineRedis(redis);
  if (config.queue === 'bull') return findings;
  const unused =
    'ALTSMITH_REDIS_URL is set, but ALTSMITH_QUEUE is not bull: a sidecar here has its queue in the database itself.';
  return [
    note(unused, 'Set ALTSMITH_QUEUE=bull to hand jobs out over Redis; a worker needs the address alone.'),
    ...findings.map((found) => (found.state === 'problem' ? { ...found, state: 'note' as const } : found)),
  ];
}

async function examineRedis(redis: RedisSettings): Promise<readonly Finding[]> {
  try {
    const { evictionPolicy, keepsAppendOnlyFile } = await askRedis(redis);
    if (evictionPolicy !== 'noeviction') {
      return [
        problem(
          `Redis throws keys away when it is full (maxmemory-policy ${evictionPolicy}); the sidecar refuses to start with it.`,
          'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf',
        ),
      ];
    }
    return [
      ok('Redis answers and throws nothing away.'),
      ...(keepsAppendOnlyFile
        ? []
        : [
            note(
              'Redis keeps no append-only file: after it restarts, workers elsewhere wait up to two seconds for their next job. No job is lost.',
            ),
          ]),
    ];
  } catch (error) {
    const known = redisProblem(error);
    const code = known === 'REDIS_UNREACHABLE' && (await isProtected(redis)) ? 'REDIS_PROTECTED' : known;
    if (code === 'REDIS_RIGHTS_MISSING')
      return [note('Redis answers, but does not let this user ask how it is set up; it must not throw keys away.')];
    const words = error instanceof Error ? error.message.slice(0, 200) : String(error);
    return [
      problem(
        `${CATALOGUE[code].message} (${words})`,
        'Look whether it runs, and whether ALTSMITH_REDIS_URL has its host, port, user and password. Jobs are taken and done meanwhile.',
      ),
    ];
  }
}
