import { z } from 'zod';
import { AppError } from '../../../errors';
import { defineRoute, parse, type Call, type Reply, type Route } from '../../route';
import type { Services } from '../../services';
import { readJson } from '../body';
import { fullSentence } from '../face';
import { intentOf } from '../intent';
import { liveReply } from '../live-reply';
import { piecesOf } from '../openai/event-stream';
import { modelHeader, tell, type TellContext, type Told } from '../tell';
import { ollama } from './errors';

const Options = z.looseObject({ num_predict: z.number().int().min(-2).max(1_000_000).optional() });
const Common = {
  model: z.string().max(200).default('altsmith'),
  stream: z.boolean().default(true),
  format: z.unknown().optional(),
  options: Options.nullish(),
  keep_alive: z.unknown().optional(),
};
const Pictures = z.array(z.string()).max(100);
const GenerateRequest = z.looseObject({
  ...Common,
  prompt: z.string().default(''),
  images: Pictures.nullish(),
});
const ChatRequest = z.looseObject({
  ...Common,
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.string().default(''), images: Pictures.nullish() }))
    .max(1000)
    .nullish(),
});

const NANOSECONDS = 1e9;
const NDJSON = { 'content-type': 'application/x-ndjson' } as const;

interface Wish {
  readonly format?: unknown;
  readonly options?: z.infer<typeof Options> | null | undefined;
}

async function describe(
  images: readonly string[] | null | undefined,
  text: string,
  wish: Wish & { readonly context: TellContext },
): Promise<Told> {
  // An empty string is how clients say "no format".
  if (wish.format !== undefined && wish.format !== null && wish.format !== '') {
    throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'format' });
  }
  const [picture, ...more] = images ?? [];
  if (picture === undefined) throw new AppError('IMAGE_MISSING');
  if (more.length > 0) throw new AppError('TOO_MANY_IMAGES', { most: 1 });
  const most = wish.options?.num_predict;
  return tell(
    { picture, intent: intentOf({}, text), maxTokens: most === undefined || most < 1 ? undefined : most },
    wish.context,
  );
}

function figuresOf({ seconds, tokens, isCut }: Told) {
  const duration = Math.round(seconds * NANOSECONDS);
  return {
    done: true,
    done_reason: isCut ? 'length' : 'stop',
    total_duration: duration,
    load_duration: 0,
    prompt_eval_count: 577,
    prompt_eval_duration: Math.round(duration / 2),
    eval_count: tokens,
    eval_duration: Math.round(duration / 2),
  };
}

interface ReplyWish {
  readonly model: string;
  readonly stream: boolean;
  /** How this route wraps a piece of text. */
  readonly field: (text: string) => object;
}

/** One object, or with `stream` a line for each piece and the figures on the last. */
async function replyOf(work: Promise<Told>, wish: ReplyWish, services: Services): Promise<Reply> {
  const head = () => ({ model: wish.model, created_at: new Date().toISOString() });
  const last = (told: Told, text: string) => ({ ...head(), ...wish.field(text), ...figuresOf(told) });
  if (!wish.stream) {
    const told = await work;
    return { status: 200, headers: modelHeader(told.model), body: last(told, told.text) };
  }
  const piece = (text: string) => line({ ...head(), ...wish.field(text), done: false });
  return liveReply(
    work,
    {
      headers: (told) => ({ ...NDJSON, ...(told === null ? {} : modelHeader(told.model)) }),
      first: piece(''),
      alive: piece(''),
      rest: (told) => piecesOf(told.text).map(piece).join('') + line(last(told, '')),
      failed: (error) => line({ error: fullSentence(error) }),
    },
    services,
  );
}

const line = (value: object) => `${JSON.stringify(value)}\n`;

/** Clients load a model with an empty request; here it is there already, or comes without their help. */
function loaded(wish: { readonly model: string; readonly keep_alive?: unknown }, field: object): Reply {
  const isUnload = wish.keep_alive === 0 || wish.keep_alive === '0';
  return {
    status: 200,
    body: {
      model: wish.model,
      created_at: new Date().toISOString(),
      ...field,
      done: true,
      done_reason: isUnload ? 'unload' : 'load',
    },
  };
}

async function generate({ request, services, siteId, signal }: Call<unknown, unknown, unknown>): Promise<Reply> {
  const wish = parse(GenerateRequest, await readJson(request, services), 'body');
  if (wish.prompt === '' && (wish.images ?? []).length === 0) return loaded(wish, { response: '' });
  const work = describe(wish.images, wish.prompt, { ...wish, context: { services, siteId, signal } });
  return replyOf(work, { ...wish, field: (response) => ({ response }) }, services);
}

async function chat({ request, services, siteId, signal }: Call<unknown, unknown, unknown>): Promise<Reply> {
  const wish = parse(ChatRequest, await readJson(request, services), 'body');
  const messages = wish.messages ?? [];
  const field = (content: string) => ({ message: { role: 'assistant', content } });
  if (messages.length === 0) return loaded(wish, field(''));
  const asked = messages.filter(({ role }) => role === 'user');
  // The newest picture of the conversation: it is sent once, and then talked about.
  const images = asked.findLast((one) => (one.images ?? []).length > 0)?.images;
  const work = describe(images, asked.at(-1)?.content ?? '', { ...wish, context: { services, siteId, signal } });
  return replyOf(work, { ...wish, field }, services);
}

export const generation: readonly Route[] = [
  { path: '/api/generate', handle: generate, summary: 'Ollama generate: captions the picture, or answers about it.' },
  { path: '/api/chat', handle: chat, summary: 'Ollama chat: captions the picture of the last message.' },
].map((route) =>
  defineRoute({
    method: 'post',
    access: 'site-or-local',
    face: ollama,
    bodyKind: 'own',
    captionsNow: true,
    answers: { 200: null },
    ...route,
  }),
);
