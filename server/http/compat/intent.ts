import { countWords } from './word-count';

/** What a person wants to know about a picture. Neither: a plain caption. */
export interface Intent {
  readonly question?: string;
  readonly prompt?: string;
}

/** Longer "questions" are instructions that happen to end in a question mark. */
const MOST_QUESTION_WORDS = 16;
/** What people ask for a description with, besides saying so: "What do you see?", "What does this image show?". */
const ASKS_FOR_DESCRIPTION = [
  /\b(?:describe|description|caption|alt(?:ernative)?[ -]?text)\b/i,
  /\bwhat(?:'s|’s|s| is| do you see| can you see)?(?: happening| shown| visible| depicted)? (?:in|on) (?:this|the|that) (?:image|picture|photo|photograph)\b/i,
  /\bwhat (?:do|can) (?:you|we|i) see\b(?: here)?\s?\?$/i,
  /\bwhat (?:does|do|is|are|am i) (?:this|the|that|these|looking)(?: at)?(?: image| picture| photo| photograph)?(?: show| depict| about| of)?\s?\?$/i,
];

/**
 * Reads a chat message as people write it for large models. "Write alt text, 125 characters" must not become the
 * beginning of a BLIP caption, so a text is a question only if it is a short one, and otherwise nothing at all.
 * The body fields `question` and `prompt` say it outright.
 */
export function intentOf(fields: Intent, lastText: string | undefined): Intent {
  if (fields.question !== undefined && fields.question.trim() !== '') return { question: fields.question.trim() };
  if (fields.prompt !== undefined && fields.prompt.trim() !== '') return { prompt: fields.prompt.trim() };
  const text = (lastText ?? '').trim();
  const isQuestion =
    text.endsWith('?') &&
    countWords(text) <= MOST_QUESTION_WORDS &&
    !ASKS_FOR_DESCRIPTION.some((pattern) => pattern.test(text));
  return isQuestion ? { question: text } : {};
}
