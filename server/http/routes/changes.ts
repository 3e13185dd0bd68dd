import { z } from 'zod';
import { ChangePage, type Change } from '../../contract/change';
import type { ChangeEntry } from '../../review/change-feed';
import { longPoll, WaitSeconds } from '../long-poll';
import { defineRoute } from '../route';
import type { SiteServices } from '../services';

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
    const body: ChangePage = {
      // What an entry is about may have been erased since; then there is nothing left to tell.
      items: found.items.map((entry) => withRows(entry, site)).filter(({ job, suggestion }) => job ?? suggestion),
      next: found.next,
      more: found.more,
    };
    return { status: 200, body };
  },
});

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
