import { readConfig } from '../config';
import { AppError } from '../errors';
import { KEY_SCOPES } from '../contract/admin';
import type { Scope } from '../sites/key';
import type { KeyRow } from '../sites/key-store';
import type { Site } from '../sites/site-store';
import { refuseMoreThan, runCommand, UsageError, type Say, type Words } from './command';
import { withData, type LiveData } from './live-data';

const HELP = `Usage: altsmith keys <create|list|rotate|revoke> [options]

  create [--scope site|worker|admin|metrics] [--site ID] [--name TEXT]
                       makes a key and shows it, this once
  list                 all keys, without their secrets
  rotate ID [--hours N]
                       a new key for the same owner; the old one works N more hours (default 24),
                       or less where it was to end sooner
  revoke ID            the key stops working at once

A site key belongs to one site; without --site to the only one there is ("default" is made when there is none).
A running sidecar sees every change at once.
`;

const HOUR_MS = 3_600_000;
/** A year. */
const MOST_HOURS = 8784;

/** `altsmith keys`. */
export function run(args: string[]): Promise<number> {
  const options = {
    scope: { type: 'string' },
    site: { type: 'string' },
    name: { type: 'string' },
    hours: { type: 'string' },
  } as const;
  return runCommand(
    {
      help: HELP,
      options,
      work: (words, say) => {
        const mayMakeFolder = words.positionals[0] === 'create';
        return withData(readConfig(process.env), deedOf(words, say), { mayMakeFolder });
      },
    },
    args,
  );
}

/** What the words ask for; nothing is opened before they are known to say it. */
function deedOf(words: Words, say: Say): (live: LiveData) => number {
  const [verb, id] = words.positionals;
  refuseMoreThan(verb === 'rotate' || verb === 'revoke' ? 2 : 1, words);
  if (verb === 'create') {
    const scope = scopeOf(words.text('scope') ?? 'site');
    return (live) => create(live, { scope, words }, say);
  }
  if (verb === 'list') return (live) => list(live, say);
  if (verb !== 'rotate' && verb !== 'revoke') throw new UsageError('Say create, list, rotate or revoke.');
  if (id === undefined) throw new UsageError(`Say which key: altsmith keys ${verb} ID`);
  return (live) => (verb === 'rotate' ? rotate(live, { id, words }, say) : revoke(live, id, say));
}

function create(
  { storage, sites, keys, record }: LiveData,
  { scope, words }: { scope: Scope; words: Words },
  say: Say,
): number {
  const name = words.text('name') ?? 'made on the command line';
  const { key, site } = storage.transaction(() => {
    const owner = scope === 'site' ? siteOf(sites.list(), words.text('site'), () => sites.create('default')) : null;
    const made = keys.create({ scope, siteId: owner?.id ?? null, name });
    record('keys create', made.id, { scope, site_id: owner?.id ?? null });
    return { key: made, site: owner };
  });
  say({ id: key.id, key: key.text, scope, site_id: site?.id ?? null }, [
    `The new ${scope} key${site === null ? '' : ` of "${site.name}"`}, shown this once:`,
    key.text,
  ]);
  return 0;
}

function scopeOf(text: string): Scope {
  const scope = KEY_SCOPES.find((one) => one === text);
  if (scope === undefined) throw new UsageError(`--scope is ${KEY_SCOPES.join(', ')}, not "${text}".`);
  return scope;
}

function siteOf(sites: readonly Site[], wanted: string | undefined, make: () => Site): Site {
  if (wanted === undefined && sites.length === 0) return make();
  const [only, ...others] = sites.filter((site) => wanted === undefined || site.id === wanted);
  if (only === undefined) throw new AppError('NOT_FOUND', { site: wanted });
  if (others.length > 0)
    throw new UsageError('There are several sites; say --site ID. "altsmith sites list" shows them.');
  return only;
}

function list({ keys }: LiveData, say: Say): number {
  const rows = keys.list();
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const items = rows.map((row) => ({
    id: row.id,
    name: row.name,
    scope: row.scope,
    site_id: row.site_id,
    created_at: time(row.created_at),
    expires_at: time(row.expires_at),
    revoked_at: time(row.revoked_at),
  }));
  say(
    { items },
    rows.map(
      (row) => `${row.id}  ${row.scope.padEnd(6)}  ${stateOf(row).padEnd(8)}  ${row.site_id ?? '-'}  ${row.name}`,
    ),
  );
  return 0;
}

function stateOf(row: KeyRow): string {
  if (row.revoked_at !== null) return 'revoked';
  if (row.expires_at === null) return 'active';
  return row.expires_at <= Date.now() ? 'expired' : 'expiring';
}

function rotate({ storage, keys, record }: LiveData, { id, words }: { id: string; words: Words }, say: Say): number {
  const hours = words.number('hours') ?? 24;
  if (!(hours >= 0 && hours <= MOST_HOURS)) throw new UsageError(`--hours is a number from 0 to ${MOST_HOURS}.`);
  const key = storage.transaction(() => {
    const made = keys.rotate(id, hours * HOUR_MS);
    if (made === null) throw new AppError('NOT_FOUND');
    record('keys rotate', id, { new_id: made.id, hours });
    return made;
  });
  const oldEndsAt = new Date(key.oldEndsAt).toISOString();
  say({ id: key.id, key: key.text, old_ends_at: oldEndsAt }, [
    `The new key, shown this once; the old one works until ${oldEndsAt}:`,
    key.text,
  ]);
  return 0;
}

function revoke({ storage, keys, record }: LiveData, id: string, say: Say): number {
  storage.transaction(() => {
    if (!keys.revoke(id)) throw new AppError('NOT_FOUND');
    record('keys revoke', id);
  });
  say({ id, revoked: true }, [`The key ${id} does not work any more.`]);
  return 0;
}
