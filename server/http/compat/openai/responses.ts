import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../errors';
import { defineRoute, parse, type Call, type Reply, type Route } from '../../route';
import { readJson } from '../body';
import { modelHeader } from '../tell';
import { answerTurn, type TurnAnswer } from './answer-turn';
import { EVENT_STREAM, eventStream, piecesOf } from './event-stream';
import { openAi } from './errors';
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

async function respond({ request, services, signal }: Call<unknown, unknown, unknown>): Promise<Reply> {
  const wish = parse(ResponseRequest, await readJson(request, services.maxBytes), 'body');
  if ((wish.tools ?? []).length > 0) throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'tools' });
  if ((wish.text?.format?.type ?? 'text') !== 'text') {
    throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'text.format' });
  }
  if (typeof wish.input === 'string') throw new AppError('IMAGE_MISSING');
  const answer = await answerTurn(
    { messages: wish.input, fields: {}, maxTokens: wish.max_output_tokens ?? undefined, count: 1 },
    { services, signal },
  );
  const headers = modelHeader(answer.model);
  if (wish.stream === true) {
    return { status: 200, headers: { ...headers, ...EVENT_STREAM }, body: eventsOf(wish, answer) };
  }
  return { status: 200, headers, body: responseOf(wish, answer, newIds()) };
}

interface Ids {
  readonly response: string;
  readonly message: string;
}
const newIds = (): Ids => ({ response: `resp_${randomUUID()}`, message: `msg_${randomUUID()}` });
const textOf = (answer: TurnAnswer) => answer.texts.join('\n');

function messageOf(answer: TurnAnswer, ids: Ids) {
  const content = [{ type: 'output_text', text: textOf(answer), annotations: [] }];
  return { id: ids.message, type: 'message', role: 'assistant', status: 'completed', content };
}

function responseOf(wish: ResponseRequest, answer: TurnAnswer, ids: Ids) {
  const { promptTokens, completionTokens } = answer;
  return {
    id: ids.response,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: wish.model,
    output: [messageOf(answer, ids)],
    parallel_tool_calls: false,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: {
      input_tokens: promptTokens,
      output_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function eventsOf(wish: ResponseRequest, answer: TurnAnswer): string {
  const ids = newIds();
  const whole = responseOf(wish, answer, ids);
  const text = textOf(answer);
  const place = { item_id: ids.message, output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  const item = messageOf(answer, ids);
  const events: [string, object][] = [
    ['response.created', { response: { ...whole, status: 'in_progress', output: [], usage: null } }],
    ['response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }],
    ['response.content_part.added', { ...place, part: { ...part, text: '' } }],
    ...piecesOf(text).map((delta): [string, object] => [
      'response.output_text.delta',
      { ...place, delta, logprobs: [] },
    ]),
    ['response.output_text.done', { ...place, text, logprobs: [] }],
    ['response.content_part.done', { ...place, part }],
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response: whole }],
  ];
  return eventStream(events.map(([name, data], at) => ({ name, data: { type: name, sequence_number: at, ...data } })));
}

export const responses: readonly Route[] = ['/v1/responses', '/responses'].map((path) =>
  defineRoute({
    method: 'post',
    path,
    access: 'site',
    face: openAi,
    summary: 'OpenAI responses: captions the pictures of the last message, or answers about them.',
    bodyKind: 'own',
    answers: { 200: null },
    handle: respond,
  }),
);
