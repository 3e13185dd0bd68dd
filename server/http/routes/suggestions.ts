import { z } from 'zod';
import { BulkDecisionReply, BulkDecisionRequest, DecisionRequest, WriteBackRequest } from '../../contract/decision';
import { FlagCode } from '../../contract/fields';
import { Id, pageWithTotal, WantsTotal } from '../../contract/primitives';
import { Suggestion, SuggestionReply, SuggestionState } from '../../contract/suggestion';
import { AppError } from '../../errors';
import { SUGGESTION_SORTS } from '../../review/suggestion-list';
import { defineRoute, TEXTS_LIMIT } from '../route';

const Params = z.strictObject({ id: Id });

export const listSuggestions = defineRoute({
  method: 'get',
  path: '/v1/suggestions',
  access: 'site',
  summary: 'The review queue: filtered, sorted, a page at a time.',
  query: z.strictObject({
    state: SuggestionState.optional(),
    flag: FlagCode.optional(),
    run_id: Id.optional(),
    q: z.string().min(1).max(200).optional(),
    min_confidence: z.coerce.number().min(0).max(1).optional(),
    sort: z.enum(SUGGESTION_SORTS).default('oldest'),
    after: z.string().min(1).max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    total: WantsTotal,
  }),
  answers: { 200: pageWithTotal(Suggestion) },
  handle: async ({ query, site, signal }) => {
    const { run_id, min_confidence, total, ...rest } = query;
    const filter = { ...rest, runId: run_id, minConfidence: min_confidence };
    const { listSuggestions: lists } = site;
    if (!total) return { status: 200, body: await lists.page(filter, signal) };
    const [page, counted] = await Promise.all([lists.page(filter, signal), lists.total(filter, signal)]);
    // Counting may end before it comes to the rows of this page.
    return { status: 200, body: { ...page, ...counted, total: Math.max(counted.total, page.items.length) } };
  },
});

export const getSuggestion = defineRoute({
  method: 'get',
  path: '/v1/suggestions/{id}',
  access: 'site',
  summary: 'One suggestion.',
  params: Params,
  answers: { 200: SuggestionReply },
  handle: ({ params, site }) => {
    const suggestion = site.suggestions.get(params.id);
    if (suggestion === null) throw new AppError('NOT_FOUND');
    return { status: 200, body: { suggestion } };
  },
});

export const decideSuggestion = defineRoute({
  method: 'post',
  path: '/v1/suggestions/{id}/decision',
  access: 'site',
  summary: 'A person’s yes, no, “decorative” or “look again”.',
  bodyKind: 'json',
  jsonLimit: TEXTS_LIMIT,
  params: Params,
  body: DecisionRequest,
  answers: { 200: SuggestionReply },
  handle: ({ params, body, site }) => ({
    status: 200,
    body: { suggestion: site.suggestions.decide(params.id, body) },
  }),
});

export const writeBackSuggestion = defineRoute({
  method: 'post',
  path: '/v1/suggestions/{id}/write-back',
  access: 'site',
  summary: 'What the CMS did with an approved text.',
  bodyKind: 'json',
  jsonLimit: TEXTS_LIMIT,
  params: Params,
  body: WriteBackRequest,
  answers: { 200: SuggestionReply },
  handle: ({ params, body, site }) => ({
    status: 200,
    body: { suggestion: site.writeBack(params.id, body) },
  }),
});

export const decideSuggestions = defineRoute({
  method: 'post',
  path: '/v1/decisions',
  access: 'site',
  summary: 'Up to 500 decisions at once; each has its own answer, in the order they were sent.',
  bodyKind: 'json',
  jsonLimit: 4_000_000,
  body: BulkDecisionRequest,
  answers: { 200: BulkDecisionReply },
  handle: async ({ body, site }) => ({ status: 200, body: await site.decide(body) }),
});
