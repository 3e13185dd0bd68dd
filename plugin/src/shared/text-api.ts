import { call, readModel } from './api';
import type { Flag } from './types';

export interface Answer {
  /** In English, as the models speak. */
  readonly answer: string;
  /** In the image's own language; '' where that is English, or nothing translates into it. */
  readonly translated: string;
  readonly language: string;
}

/** What the model answers about an image. Nothing is stored. Rejects with a RequestError. */
export const askAbout = (attachment: number, question: string): Promise<Answer> =>
  call('POST', `attachments/${attachment}/question`, { question });

export interface Translated {
  readonly text: string;
  readonly alternatives: readonly string[];
  readonly flags: readonly Flag[];
}

/** An English text in the language that a suggestion is for. Nothing is stored. Rejects with a RequestError. */
export const translateAgain = (id: string, source: string): Promise<Translated> =>
  call('POST', `suggestions/${encodeURIComponent(id)}/translation`, { source });

let known: Promise<boolean | null> | null = null;

/** Whether the model that writes at present answers questions; null where the sidecar did not say. Asked once for a screen. */
export function canAnswer(): Promise<boolean | null> {
  known ??= readModel()
    .then(({ answers }) => answers)
    .catch(() => null)
    .then((answers) => {
      // It may be there again by the time somebody looks once more.
      if (answers === null) known = null;
      return answers;
    });
  return known;
}
