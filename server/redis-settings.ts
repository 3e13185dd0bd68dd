import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Settings of Redis, as a part of Environment in server/config.ts. */
export const REDIS_SETTINGS = {
  ALTSMITH_REDIS_URL: z
    .string()
    .optional()
    .describe(
      'Address of Redis, for ALTSMITH_QUEUE=bull: redis://user:password@host:6379/0, or rediss:// for TLS. On a worker: where it takes jobs from.',
    ),
  ALTSMITH_REDIS_PREFIX: z
    .string()
    .regex(/^[\w.{}-]{1,60}$/, 'must be up to 60 letters, digits and characters of ._-{}')
    .default('altsmith')
    .describe('What the names of all keys in Redis begin with; sidecars that share one Redis need one each.'),
  ALTSMITH_REDIS_CA: z
    .string()
    .optional()
    .describe(
      'For rediss://: file with the certificate authority (PEM) of Redis. Unset: the authorities that Node.js trusts.',
    ),
};

/** How Redis is reached. */
export interface RedisSettings {
  readonly url: string;
  readonly prefix: string;
  /** Certificate authority in PEM; null: those that Node.js trusts. */
  readonly ca: string | null;
}

/** Null when the settings name no Redis. Adds to `problems` what is wrong with it. */
export function readRedis(
  settings: { readonly [Name in keyof typeof REDIS_SETTINGS]?: string | undefined },
  problems: string[],
): RedisSettings | null {
  const { ALTSMITH_REDIS_URL: url, ALTSMITH_REDIS_PREFIX: prefix = 'altsmith', ALTSMITH_REDIS_CA: file } = settings;
  if (url === undefined) return null;
  const isAddress = URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol) && new URL(url).hostname !== '';
  if (!isAddress) problems.push('ALTSMITH_REDIS_URL: must be an address such as redis://127.0.0.1:6379 or rediss://…');
  let ca: string | null = null;
  try {
    if (file !== undefined) ca = readFileSync(file, 'utf8');
  } catch (cause) {
    problems.push(`ALTSMITH_REDIS_CA: the file ${file ?? ''} cannot be read (${String(cause)})`);
  }
  return { url, prefix, ca };
}
