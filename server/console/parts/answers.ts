import type { AnswerReply } from '../../contract/caption';
import type { ApiError } from '../connection/api-error';

export interface Answered {
  readonly question: string;
  /** null while it is being answered. */
  readonly reply: AnswerReply | null;
  readonly error: ApiError | null;
  /** The answer in the language of the text it may go into; absent where that is English, or nothing translates into it. */
  readonly translated?: { readonly text: string; readonly language: string };
}

/** An answer's words as they go into an alt text, and their language. */
export interface AnswerText {
  readonly text: string;
  readonly language: string;
}

/** What stands between the parts of a list, where it is not a comma and a space. */
const COMMAS: Readonly<Record<string, string>> = { ar: '، ', fa: '، ', ur: '، ', ja: '、', zh: '，' };
const LAST_MARK = /[.!?。．！？]$/u;

/** A text with the answer to a question at its end, in front of its last mark; the same as on WordPress's screens. Pure. */
export function joinAnswer(text: string, answer: string, language: string): string {
  const before = text.trim();
  const added = answer.trim().replace(LAST_MARK, '');
  if (before === '' || added === '') return before + added;
  const [mark = ''] = LAST_MARK.exec(before) ?? [];
  const comma = COMMAS[language.split('-')[0] ?? ''] ?? ', ';
  return `${before.slice(0, before.length - mark.length)}${comma}${added}${mark}`;
}
