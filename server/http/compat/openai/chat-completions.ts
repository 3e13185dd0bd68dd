import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Language } from '../../../contract/language';
import { AppError } from '../../../errors';
import { defineRoute, parse, type Call, type Reply, type Route } from '../../route';
import { readJson } from '../body';
import { liveReply, type LiveShape } from '../live-reply';
import { modelHeader } from '../tell';
import { answerTurn, streamHeaders, translateFor, type TurnAnswer } from './answer-turn';
import { ALIVE, eventStream, piecesOf } from './event-stream';
import { openAi, openAiError } from './errors';
import { Messages } from './messages';
import { jsonContent } from './response-format';

const Count = z.number().int().min(1).max(1_000_000).nullish();

/** Everything that is read; whatever else clients send (temperature, seed, user …) changes nothing about a caption. */
export const ChatRequest = z.looseObject({
  model: z.string().max(200).default('altsmith'),
  messages: Messages.min(1),
  n: z.number().int().min(1).max(4).nullish(),
  max_tokens: Count,
  max_completion_tokens: Count,
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  response_format: z.unknown().optional(),
  tools: z.array(z.unknown()).nullish(),
  question: z.string().max(300).optional(),
  prompt: z.string().max(200).optional(),
  /** Of the answer: a BCP 47 tag or a WordPress locale. Beyond OpenAI's own fields, like the two before it. */
  language: Language.nullish(),
});
type ChatRequest = z.infer<typeof ChatRequest>;

async function complete(call: Call<unknown, unknown, unknown>): Promise<Reply> {
  const { request, services, siteId, signal } = call;
  const wish = parse(ChatRequest, await readJson(request, services), 'body');
  if ((wish.tools ?? []).length > 0) throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'tools' });
  const shape = jsonContent(wish.response_format);
  const { question, prompt } = wish;
  const work = answerTurn(
    {
      messages: wish.messages,
      fields: { ...(question === undefined ? {} : { question }), ...(prompt === undefined ? {} : { prompt }) },
      maxTokens: wish.max_completion_tokens ?? wish.max_tokens ?? undefined,
      count: wish.n ?? 1,
      language: wish.language ?? undefined,
    },
    { services, siteId, signal, translate: translateFor(call) },
  );
  if (wish.stream === true) return liveReply(work, chunksOf(wish, shape), services);
  const answer = await work;
  return { status: 200, headers: modelHeader(answer.model), body: completionOf(wish, answer.texts.map(shape), answer) };
}

function usageOf({ promptTokens, completionTokens }: TurnAnswer) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function envelope(object: 'chat.completion' | 'chat.completion.chunk', { model }: ChatRequest) {
  return { id: `chatcmpl-${randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model };
}

const finishOf = ({ isCut }: TurnAnswer) => (isCut ? 'length' : 'stop');

function completionOf(wish: ChatRequest, texts: readonly string[], answer: TurnAnswer) {
  return {
    ...envelope('chat.completion', wish),
    choices: texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: finishOf(answer),
    })),
    usage: usageOf(answer),
  };
}

function chunksOf(wish: ChatRequest, shape: (text: string) => string): LiveShape<TurnAnswer> {
  const head = envelope('chat.completion.chunk', wish);
  const chunk = (index: number, delta: object, finish: string | null) => ({
    data: { ...head, choices: [{ index, delta, logprobs: null, finish_reason: finish }] },
  });
  const role = (index: number) => chunk(index, { role: 'assistant', content: '' }, null);
  const choice = (answer: TurnAnswer, text: string, index: number) => [
    ...(index === 0 ? [] : [role(index)]),
    ...piecesOf(shape(text)).map((content) => chunk(index, { content }, null)),
    chunk(index, {}, finishOf(answer)),
  ];
  const hasUsage = wish.stream_options?.include_usage === true;
  return {
    headers: streamHeaders,
    first: eventStream([role(0)]),
    alive: ALIVE,
    rest: (answer) =>
      eventStream([
        ...answer.texts.flatMap((text, index) => choice(answer, text, index)),
        ...(hasUsage ? [{ data: { ...head, choices: [], usage: usageOf(answer) } }] : []),
        { data: '[DONE]' },
      ]),
    failed: (error) => eventStream([{ data: { error: openAiError(error) } }]),
  };
}

/** `POST …/chat/completions`, under each address that clients build from the base URLs people enter. */
export const chatCompletions: readonly Route[] = [
  '/v1/chat/completions',
  '/chat/completions',
  '/hf/v1/chat/completions',
].map((path) =>
  defineRoute({
    method: 'post',
    path,
    access: 'site',
    face: openAi,
    summary: 'OpenAI chat completions: captions the pictures of the last message, or answers about them.',
    bodyKind: 'own',
    captionsNow: true,
    answers: { 200: null },
    handle: complete,
  }),
);
