import apiFetch from '@wordpress/api-fetch';
import { __ } from '@wordpress/i18n';
import type { Backfill, Choices, RunAction } from '../backfill/types';
import type {
  ConnectionReply,
  Decision,
  DecisionResult,
  Frozen,
  ModelReply,
  Suggestion,
  SuggestionPage,
  SyncReply,
} from './types';

/** What went wrong, in a sentence for the person at the screen. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

function field(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null && name in thrown ? Reflect.get(thrown, name) : undefined;
}

/** apiFetch throws the JSON of WordPress's error, or something of its own when there was no answer. */
export function toRequestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  const code = field(thrown, 'code');
  const message = field(thrown, 'message');
  const status = field(field(thrown, 'data'), 'status');
  return new RequestError(
    typeof code === 'string' ? code : 'unknown',
    typeof message === 'string' && message !== '' ? message : __('The site did not answer.', 'altsmith'),
    typeof status === 'number' ? status : 0,
  );
}

/** One call of our own routes. Throws a RequestError, or what it was aborted with. */
export async function call<Answer>(method: string, path: string, data?: unknown, signal?: AbortSignal): Promise<Answer> {
  try {
    return await apiFetch<Answer>({
      path: `/altsmith/v1/${path}`,
      method,
      ...(data === undefined ? {} : { data }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    throw toRequestError(thrown);
  }
}

/** Filter, order and page of the review list. */
export interface ListQuery {
  readonly state: readonly string[];
  readonly page: number;
  readonly per_page: number;
  readonly attachment?: number;
  readonly flag?: string;
  readonly min_confidence?: number;
  readonly run_id?: string;
  readonly search?: string;
  /** Only what this person passed on. */
  readonly passed?: boolean;
  readonly orderby?: string;
  readonly order?: 'asc' | 'desc';
}

function wordsOf(query: ListQuery): URLSearchParams {
  const { state, ...others } = query;
  const words = new URLSearchParams();
  for (const one of state) words.append('state[]', one);
  for (const [name, value] of Object.entries(others)) words.set(name, String(value));
  return words;
}

/** One page of the review list. Rejects with a RequestError. */
export function listSuggestions(query: ListQuery, signal?: AbortSignal): Promise<SuggestionPage> {
  return call('GET', `suggestions?${wordsOf(query).toString()}`, undefined, signal);
}

/** Everything open that a query matches, as it is at this moment. */
export async function listMatching(query: ListQuery, onProgress: (count: number) => void): Promise<readonly Frozen[]> {
  const words = wordsOf(query);
  // A list of everything has no pages and no order.
  for (const name of ['page', 'per_page', 'orderby', 'order']) words.delete(name);
  const all: Frozen[] = [];
  for (let after = 0; ; ) {
    words.set('after', String(after));
    const answer = await call<{ readonly items: readonly Frozen[]; readonly after: number }>('GET', `matching?${words.toString()}`);
    all.push(...answer.items);
    onProgress(all.length);
    if (answer.after === 0) return all;
    after = answer.after;
  }
}

/** Leaves an image to other reviewers, or takes it again with `passed` false. */
export const passOn = (id: string, passed = true): Promise<{ readonly passed_by: readonly string[] }> =>
  call('POST', `suggestions/${encodeURIComponent(id)}/pass`, { passed });

/** Stores the person's own letters. */
export const keepShortcuts = (shortcuts: {
  readonly on: boolean;
  readonly keys: Readonly<Record<string, string>>;
}): Promise<unknown> => call('POST', 'preferences', { shortcuts });

/** Sends one decision; resolves to the suggestion as it is then. Rejects with a RequestError, 409 when somebody was faster. */
export async function decide(id: string, decision: Decision): Promise<Suggestion> {
  const answer = await call<{ suggestion: Suggestion }>(
    'POST',
    `suggestions/${encodeURIComponent(id)}/decision`,
    decision,
  );
  return answer.suggestion;
}

/** Several decisions at once; each is answered by itself. At most 100. */
export async function decideMany(
  decisions: readonly (Decision & { readonly suggestion_id: string })[],
): Promise<readonly DecisionResult[]> {
  const answer = await call<{ items: readonly DecisionResult[] }>('POST', 'decisions', { decisions });
  return answer.items;
}

/** Takes a decision back; resolves to the suggestion as it is then. */
export async function undo(id: string): Promise<Suggestion> {
  const answer = await call<{ suggestion: Suggestion }>('POST', `suggestions/${encodeURIComponent(id)}/undo`, {});
  return answer.suggestion;
}

/** The frame that is offered as the poster of a video, as a `data:` address. */
export const readPoster = async (id: string): Promise<string> =>
  (await call<{ readonly url: string }>('GET', `suggestions/${encodeURIComponent(id)}/poster`)).url;

/** Sends what waits and reads what is new. */
export const sync = (): Promise<SyncReply> => call('POST', 'sync', {});
/** Asks the sidecar which model writes at present. */
export const readModel = (): Promise<ModelReply> => call('GET', 'model');
/** Tests the saved connection. */
export const testConnection = (): Promise<ConnectionReply> => call('POST', 'connection', {});

/** Counts, a dry run with these choices, and the runs. */
export function readBackfill(choices: Choices): Promise<Backfill> {
  const query = new URLSearchParams(Object.entries(choices).map(([name, value]) => [name, String(value)]));
  return call('GET', `backfill?${query.toString()}`);
}

/** The run that goes on, alone: a large library takes long to count. */
export const readProgress = (): Promise<Pick<Backfill, 'run'>> => call('GET', 'backfill?_fields=run');

/** The runs without counting the library. */
export const readRuns = (): Promise<Pick<Backfill, 'run' | 'history'>> => call('GET', 'backfill?_fields=run,history');

/** Starts or changes a run; resolves to what readBackfill() gives then. */
export function actOnBackfill(action: RunAction, choices: Choices, runId = ''): Promise<Backfill> {
  return call('POST', 'backfill', { action, run_id: runId, ...choices });
}
