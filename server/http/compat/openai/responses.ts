import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../errors';
import { defineRoute, parse, type Call, type Reply, type Route } from '../../route';
import { readJson } from '../body';
import { liveReply, type LiveShape } from '../live-reply';
import { modelHeader } from '../tell';
import { answerTurn, streamHeaders, translateFor, type TurnAnswer } from './answer-turn';
import { ALIVE, eventStream, piecesOf } from './event-stream';
import { openAi, openAiError } from './errors';
import { Messages } from './messages';

const ResponseRequest = z.looseObject({
  model: z.string().max(200).default('altsmith'),
  input: z.union([z.string(), Messages.min(1)]),
  max_output_tokens: z.number().int().min(1).max(1_000_000).nullish(),
  stream: z.boolean().nullish(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).nullish(),
  tools: z.array(z.unknown()).nullish(),
});
type ResponseRequest = z.infer<typeof ResponseRequest>;

async function respond(call: Call<unknown, unknown, unknown>): Promise<Reply> {
  const { request, services, siteId, signal } = call;
  const wish = parse(ResponseRequest, await readJson(request, services), 'body');
  if ((wish.tools ?? []).length > 0) throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'tools' });
  if ((wish.text?.format?.type ?? 'text') !== 'text') {
    throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'text.format' });
  }
  if (typeof wish.input === 'string') throw new AppError('IMAGE_MISSING');
  const work = answerTurn(
    { messages: wish.input, fields: {}, maxTokens: wish.max_output_tokens ?? undefined, count: 1 },
    { services, siteId, signal, translate: translateFor(call) },
  );
  const ids = newIds();
  if (wish.stream === true) return liveReply(work, eventsOf(wish, ids), services);
  const answer = await work;
  return { status: 200, headers: modelHeader(answer.model), body: responseOf(wish, answer, ids) };
}

interface Ids {
  readonly response: string;
  readonly message: string;
  /** Seconds since 1970: the same in every event of a stream. */
  readonly created: number;
}
const newIds = (): Ids => ({
  response: `resp_${randomUUID()}`,
  message: `msg_${randomUUID()}`,
  created: Math.floor(Date.now() / 1000),
});
const textOf = (answer: TurnAnswer) => answer.texts.join('\n');

function messageOf(answer: TurnAnswer, ids: Ids) {
  const content = [{ type: 'output_text', text: textOf(answer), annotations: [] }];
  return { id: ids.message, type: 'message', role: 'assistant', status: 'completed', content };
}

function frameOf(wish: ResponseRequest, ids: Ids) {
  return {
    id: ids.response,
    object: 'response',
    created_at: ids.created,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: wish.model,
    output: [],
    parallel_tool_calls: false,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: null,
  };
}

function responseOf(wish: ResponseRequest, answer: TurnAnswer, ids: Ids) {
  const { promptTokens, completionTokens } = answer;
  return {
    ...frameOf(wish, ids),
    status: 'completed',
    output: [messageOf(answer, ids)],
    usage: {
      input_tokens: promptTokens,
      output_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function eventsOf(wish: ResponseRequest, ids: Ids): LiveShape<TurnAnswer> {
  const created: Event = ['response.created', { response: frameOf(wish, ids) }];
  return {
    headers: streamHeaders,
    first: eventsText([created], 0),
    alive: ALIVE,
    rest: (answer) => eventsText(answerEvents(answer, ids, responseOf(wish, answer, ids)), 1),
    failed: (error) => {
      const { code, message, param } = openAiError(error);
      return eventsText([['error', { code, message, param, error: openAiError(error) }]], 1);
    },
  };
}

type Event = readonly [name: string, data: object];

function eventsText(events: readonly Event[], from: number): string {
  return eventStream(
    events.map(([name, data], at) => ({ name, data: { type: name, sequence_number: from + at, ...data } })),
  );
}

function answerEvents(answer: TurnAnswer, ids: Ids, whole: object): Event[] {
  const text = textOf(answer);
  const place = { item_id: ids.message, output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  const item = messageOf(answer, ids);
  return [
    ['response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }],
    ['response.content_part.added', { ...place, part: { ...part, text: '' } }],
    ...piecesOf(text).map((delta): Event => ['response.output_text.delta', { ...place, delta, logprobs: [] }]),
    ['response.output_text.done', { ...place, text, logprobs: [] }],
    ['response.content_part.done', { ...place, part }],
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response: whole }],
  ];
}

export const responses: readonly Route[] = ['/v1/responses', '/responses'].map((path) =>
  defineRoute({
    method: 'post',
    path,
    access: 'site',
    face: openAi,
    summary: 'OpenAI responses: captions the pictures of the last message, or answers about them.',
    bodyKind: 'own',
    captionsNow: true,
    answers: { 200: null },
    handle: respond,
  }),
);
