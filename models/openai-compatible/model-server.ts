import { z } from 'zod';

/** The name by which the settings choose a model on another server. */
export const OPENAI_COMPATIBLE = 'openai-compatible';

/** A server that speaks OpenAI's chat completions (Ollama, llama.cpp, vLLM …) and the model to ask there. */
export const ModelServer = z.object({
  /** Up to and with `/v1`, without a slash at the end. */
  address: z.string(),
  model: z.string(),
  /** Null where the server wants none. */
  key: z.string().nullable(),
  /** Longest wait for one answer. */
  timeoutMs: z.number().int().positive(),
});
export type ModelServer = z.infer<typeof ModelServer>;

/**
 * The address as it is asked and shown; `/v1` is added where there is no path. Null for what is no such address: another
 * protocol, or one with a user name, a query or a fragment in it.
 */
export function serverAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  if (!['http:', 'https:'].includes(protocol)) return null;
  if ([username, password, search, hash].some((part) => part !== '')) return null;
  const path = pathname.replace(/(?<!\/)\/+$/, '');
  return `${origin}${path === '' ? '/v1' : path}`;
}
