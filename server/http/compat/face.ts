import type { AppError } from '../../errors';
import type { Reply } from '../route';

/** What an error answer may mention beside the error itself. */
export interface ErrorPlace {
  readonly path: string;
  readonly requestId: string;
}

/** The way in which one foreign API looks to its clients. */
export interface Face {
  readonly name: 'openai' | 'hugging-face' | 'replicate' | 'eachlabs' | 'modelrunner' | 'ollama';
  /** True for paths whose answers have this shape, those of errors and of unknown paths too. */
  readonly owns: (path: string) => boolean;
  /** An error of the catalogue in the words of this API. */
  readonly errorReply: (error: AppError, place: ErrorPlace) => Reply;
}

/** True when a path is `prefix` or lies below it. */
export function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Most seconds a client is asked to wait; several of them sleep for whatever they are told. */
const LONGEST_RETRY_SECONDS = 30;

/** `Retry-After` for errors that pass; clients of foreign APIs obey it without asking how long it is. */
export function retryHeaders(error: AppError): Record<string, string> {
  if (error.status !== 429 && error.status !== 503) return {};
  const wanted = error.details['retry_after_seconds'];
  const seconds = typeof wanted === 'number' ? Math.ceil(wanted) : 5;
  return { 'retry-after': String(Math.min(Math.max(seconds, 1), LONGEST_RETRY_SECONDS)) };
}

/** Where the request was wrong, as a sentence for people; empty when the error does not say. */
export function problemsOf(error: AppError): { readonly where: string; readonly problem: string }[] {
  const { problems } = error.details;
  if (!Array.isArray(problems)) return [];
  return problems.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('where' in one) || !('problem' in one)) return [];
    return [{ where: String(one.where), problem: String(one.problem) }];
  });
}

/** The sentence of the catalogue and what exactly is wrong. */
export function fullSentence(error: AppError): string {
  const parameter = error.details['parameter'];
  const places = problemsOf(error).map(({ where, problem }) => `${where}: ${problem}`);
  if (typeof parameter === 'string') places.push(parameter);
  return places.length === 0 ? error.sentence : `${error.sentence} (${places.join('; ')})`;
}
