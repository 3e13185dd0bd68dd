import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ModelError } from '../model-error';
import type { Source } from '../registry';
import { unreachable } from './download';
import { resolveFile, Temporary } from './hub';
import type { HubSettings } from './hub-settings';
import { withRetries, type RetryTools } from './retry';

const COMMIT = /^[0-9a-f]{40}$/;

/** Where the tools of the hub keep a repository: `models--Org--name`. */
export function cachedRepo(cache: string, { repo }: Pick<Source, 'repo'>): string {
  return path.join(cache, `models--${repo.replaceAll('/', '--')}`);
}

/** The commit that the hub's cache has as the newest one; for a source with a commit of its own that one. */
export function cachedCommit(cache: string, source: Pick<Source, 'repo' | 'commit'>): string {
  if (COMMIT.test(source.commit)) return source.commit;
  try {
    const commit = readFileSync(path.join(cachedRepo(cache, source), 'refs', source.commit), 'utf8').trim();
    return COMMIT.test(commit) ? commit : source.commit;
  } catch {
    // Nobody has fetched it with those tools.
    return source.commit;
  }
}

/** What the hub says; null for a mirror that does not tell. Throws ModelError HUB_UNREACHABLE, HUB_REFUSED. */
async function askedCommit(source: Source, hub: HubSettings, tools: RetryTools): Promise<string | null> {
  const name = source.files[0]?.name ?? 'config.json';
  const file = { repo: source.repo, commit: source.commit, name };
  try {
    const { commit } = await withRetries(() => resolveFile(hub, file), tools);
    return commit !== null && COMMIT.test(commit) ? commit : null;
  } catch (error) {
    throw error instanceof Temporary ? unreachable(file, error) : error;
  }
}

/**
 * The source at one commit. A branch is looked up once, so that all files of a pull are of the same state, and an earlier pull is gone on
 * with only where the branch has not moved since. Without a network the state in the hub's cache counts. Throws ModelError
 * HUB_UNREACHABLE, HUB_REFUSED.
 */
export async function pinSource(source: Source, hub: HubSettings, tools: RetryTools): Promise<Source> {
  if (COMMIT.test(source.commit)) return source;
  const cached = { ...source, commit: cachedCommit(hub.cache, source) };
  if (hub.offline) return cached;
  try {
    return { ...source, commit: (await askedCommit(source, hub, tools)) ?? source.commit };
  } catch (error) {
    const isAway = error instanceof ModelError && error.code === 'HUB_UNREACHABLE';
    const snapshot = path.join(cachedRepo(hub.cache, source), 'snapshots', cached.commit);
    if (isAway && source.files.every(({ name }) => existsSync(path.join(snapshot, name)))) return cached;
    throw error;
  }
}
