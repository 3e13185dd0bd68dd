import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { z } from 'zod';
import { ChangePage, type Change } from '../../contract/change';
import type { ChangeEntries, ChangeEntry } from '../../review/change-feed';
import { longPoll, WaitSeconds } from '../long-poll';
import { defineRoute } from '../route';
import type { SiteServices } from '../services';

/** Entries whose rows are read in one turn of the event loop: 0.3 ms each. */
const ENTRIES_A_TURN = 20;
/** A page ends after the entry that passes this; the texts of one may have 80 kB. */
const PAGE_BYTES = 1_000_000;

export const getChanges = defineRoute({
  method: 'get',
  path: '/v1/changes',
  access: 'site',
  summary: 'Everything that happened to this site, in order; with `wait`, the answer comes when there is something.',
  query: z.strictObject({
    after: z.string().max(64).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    wait: WaitSeconds,
  }),
  answers: { 200: ChangePage },
  handle: async ({ query, services, site, signal }) => {
    site.takeTurn();
    const found = await longPoll({
      look: () => site.readChanges(query.after, query.limit),
      isNews: (entries) => entries.items.length > 0,
      siteId: site.id,
      waitSeconds: query.wait,
      signal,
      changeSignal: services.changeSignal,
      isStopping: services.isStopping,
    });
    return { status: 200, body: await pageOf(found, site) };
  },
});

/** As many of the entries as the page has room for, with their rows, which are read in several turns of the event loop. */
async function pageOf(found: ChangeEntries, site: SiteServices): Promise<ChangePage> {
  const items: Change[] = [];
  let bytes = 0;
  for (const [index, entry] of found.items.entries()) {
    if (index > 0 && index % ENTRIES_A_TURN === 0) await yieldToEventLoop();
    if (bytes > PAGE_BYTES) return { items, next: found.items[index - 1]?.cursor ?? found.next, more: true };
    const change = withRows(entry, site);
    bytes += Buffer.byteLength(JSON.stringify(change));
    // What an entry is about may have been erased since; then there is nothing left to tell.
    if ((change.job ?? change.suggestion) !== null) items.push(change);
  }
  return { items, next: found.next, more: found.more };
}

function withRows(entry: ChangeEntry, site: SiteServices): Change {
  const suggestion = entry.suggestionId === null ? null : site.suggestions.get(entry.suggestionId);
  const jobId = entry.jobId ?? suggestion?.job_id ?? null;
  return {
    cursor: entry.cursor,
    type: entry.type,
    at: new Date(entry.at).toISOString(),
    job: jobId === null ? null : site.jobs.get(jobId),
    suggestion,
  };
}
