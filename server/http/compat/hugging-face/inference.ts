import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { defineRoute, type Call, type Reply, type Route } from '../../route';
import type { Services } from '../../services';
import { intentOf } from '../intent';
import { modelHeader, tell } from '../tell';
import { huggingFace } from './errors';
import { readInput } from './input';
import { wantsObject } from './reply-shape';

/** A call is held while the model loads, as the clients expect; after that they are told to come back. */
const LONGEST_HOLD_MS = 25_000;
const LOOK_EVERY_MS = 200;

const Query = z.looseObject({ format: z.string().optional() });

async function modelLoaded(services: Services, signal: AbortSignal): Promise<void> {
  const until = performance.now() + LONGEST_HOLD_MS;
  const isLoading = () => {
    const { ready, abilities } = services.health();
    return !ready && abilities === null;
  };
  while (isLoading() && !services.isStopping() && !signal.aborted && performance.now() < until) {
    await pause(LOOK_EVERY_MS);
  }
}

async function infer({
  request,
  query,
  services,
  siteId,
  signal,
}: Call<unknown, z.infer<typeof Query>, unknown>): Promise<Reply> {
  const { picture, question, prompt, maxTokens } = await readInput(request, services);
  await modelLoaded(services, signal);
  const fields = { ...(question === undefined ? {} : { question }), ...(prompt === undefined ? {} : { prompt }) };
  const intent = intentOf(fields, undefined);
  const told = await tell({ picture, intent, maxTokens }, { services, siteId, signal });
  const headers = modelHeader(told.model);
  if (intent.question !== undefined) {
    return { status: 200, headers, body: [{ answer: told.text, score: told.confidence }] };
  }
  const body = { generated_text: told.text };
  return { status: 200, headers, body: wantsObject(request.headers['user-agent'], query.format) ? body : [body] };
}

/** `POST /hf` and everything below it: clients append a model name, or nothing. */
export const inference: readonly Route[] = ['/hf', '/hf/', '/hf/{*rest}'].map((path) =>
  defineRoute({
    method: 'post',
    path,
    access: 'site',
    face: huggingFace,
    summary: 'Hugging Face inference: image to text, and visual question answering.',
    bodyKind: 'own',
    captionsNow: true,
    query: Query,
    answers: { 200: null },
    handle: infer,
  }),
);
