import type { CaptionOptions } from '../../contract/caption';
import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { isAnswerReply, isCaptionReply } from '../connection/replies';
import { query } from '../connection/query';
import { ask } from '../connection/request';
import { announce } from '../parts/announcer';
import type { AnswerText } from '../parts/answers';
import { changePictures, type Picture, type PictureChange } from './picture';

/** At a time. The sidecar has its own limits; two keep it busy while one picture travels. */
const AT_ONCE = 2;
const LONGEST_WAIT_SECONDS = 30;

export interface Named {
  readonly name: string;
  readonly blob: Blob;
}

export interface Pictures {
  readonly list: readonly Picture[];
  readonly add: (files: readonly Named[], options: CaptionOptions) => readonly number[];
  readonly again: (id: number, options: CaptionOptions) => void;
  readonly question: (picture: Picture, question: string) => void;
  /** Puts an answer into the alt text of a picture. */
  readonly take: (id: number, taken: AnswerText) => void;
  readonly clear: () => void;
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** A full queue is no failure: the picture waits as long as the sidecar says, and is sent again. */
async function withPatience<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.facts.status !== 429 || tries === 20) throw error;
      await pause(Math.min(LONGEST_WAIT_SECONDS, error.facts.retryAfterSeconds ?? 2));
    }
  }
}

async function describe(picture: Picture, dispatch: (change: PictureChange) => void): Promise<void> {
  const { id, blob, name } = picture;
  dispatch({ kind: 'patch', id, patch: { state: 'working', error: null } });
  try {
    const path = `/v1/captions${query(picture.options)}`;
    const reply = await withPatience(() => ask(path, isCaptionReply, { method: 'POST', bytes: blob }));
    dispatch({ kind: 'patch', id, patch: { state: 'done', reply } });
    announce(`${name}: ${reply.alt_text}`);
  } catch (thrown) {
    const error: ApiError = toApiError(thrown);
    dispatch({ kind: 'patch', id, patch: { state: 'failed', error } });
    announce(`${name}: ${error.message}`);
  }
}

/** The pictures of the Try page, described a few at a time in the order they came. */
export function usePictures(): Pictures {
  const [list, dispatch] = useReducer(changePictures, []);
  const started = useRef(new Set<number>());
  const nextId = useRef(1);
  const urls = useRef<string[]>([]);

  useEffect(() => {
    const busy = list.filter((one) => one.state === 'working').length;
    const waiting = list.filter((one) => one.state === 'waiting' && !started.current.has(one.id));
    for (const picture of waiting.slice(0, Math.max(0, AT_ONCE - busy))) {
      started.current.add(picture.id);
      void describe(picture, dispatch);
    }
  }, [list]);

  const forgetUrls = useCallback(() => {
    for (const url of urls.current.splice(0)) URL.revokeObjectURL(url);
  }, []);
  useEffect(() => forgetUrls, [forgetUrls]);

  const add = useCallback((files: readonly Named[], options: CaptionOptions) => {
    const pictures = files.map(({ name, blob }): Picture => {
      const url = URL.createObjectURL(blob);
      urls.current.push(url);
      const id = nextId.current++;
      return { id, name, blob, url, state: 'waiting', options, reply: null, error: null, answers: [] };
    });
    dispatch({ kind: 'add', pictures });
    return pictures.map((picture) => picture.id);
  }, []);
  const again = useCallback((id: number, options: CaptionOptions) => {
    started.current.delete(id);
    dispatch({ kind: 'patch', id, patch: { state: 'waiting', options } });
  }, []);
  const question = useCallback((picture: Picture, text: string) => {
    const { id, blob } = picture;
    dispatch({ kind: 'ask', id, question: text });
    const path = `/v1/captions${query({ question: text })}`;
    withPatience(() => ask(path, isAnswerReply, { method: 'POST', bytes: blob }))
      .then((reply) => {
        dispatch({ kind: 'answer', id, question: text, answered: { question: text, reply, error: null } });
        announce(`Answer: ${reply.answer}`);
      })
      .catch((thrown: unknown) => {
        const error = toApiError(thrown);
        dispatch({ kind: 'answer', id, question: text, answered: { question: text, reply: null, error } });
      });
  }, []);
  const take = useCallback((id: number, taken: AnswerText) => {
    dispatch({ kind: 'take', id, taken });
    announce(`Added to the alt text: ${taken.text}`);
  }, []);
  const clear = useCallback(() => {
    forgetUrls();
    dispatch({ kind: 'clear' });
  }, [forgetUrls]);
  return { list, add, again, question, take, clear };
}
