import type { EngineRequest } from '../../captioning/engine';
import { bestLanguage } from '../../../models/languages';
import { Language } from '../../contract/language';
import { DEFAULT_LANGUAGE } from '../../contract/primitives';
import type { Glossary } from '../../contract/glossary';
import { readGlossaryFile } from '../glossary-file';
import { UsageError, type CommandSpec, type Words } from '../command';

export const HELP = `Usage: altsmith caption PICTURES… [options]

Describes pictures: files, folders (with all inside them), quoted patterns such as "photos/**/*.jpg", and - for a picture
or a list of files on standard input. One bad file never stops the rest; the exit code is 0 only if all went well.
Videos that are named, or that a pattern finds, are described by stills of their scenes; that needs ffmpeg.

  --model ID|FOLDER   the model (default: the best one pulled, else mini)
  --preset NAME       how to search where the options below say nothing: for BLIP hf (as Hugging Face does, the default),
                      paper (as its scores were measured), and for questions original
  --task NAME         what to write, where the model can do several: caption (default), detailed, more_detailed, ocr (Florence-2)
  --beams N           sentences searched side by side
  --max-length N      most tokens of a caption, start token and prompt included (from 2)
  --min-length N      least tokens of a caption, counted the same way
  --prompt TEXT       words the caption begins with
  --question TEXT     ask about the pictures instead
  --glossary FILE     words to use: a JSON list of {"term", "forms"?, "instead_of"?, "is_name"?, "language"?}
  --language TAG      the text in this language (BCP 47), by the model that "altsmith languages pull TAG" got
  --json              one JSON object a line; what failed has "error" in it
  --csv FILE          write a table instead of lines
`;

export const OPTIONS = {
  model: { type: 'string' },
  preset: { type: 'string' },
  task: { type: 'string' },
  beams: { type: 'string' },
  'max-length': { type: 'string' },
  'min-length': { type: 'string' },
  prompt: { type: 'string' },
  question: { type: 'string' },
  language: { type: 'string' },
  glossary: { type: 'string' },
  csv: { type: 'string' },
} as const satisfies CommandSpec['options'];

export interface Wishes {
  readonly pictures: readonly string[];
  readonly model: string | null;
  readonly options: EngineRequest['options'];
  readonly question: string | null;
  /** Into which texts are translated; null: they stay English. */
  readonly language: string | null;
  /** The owner's words, of all languages. */
  readonly glossary: Glossary;
  readonly json: boolean;
  readonly csv: string | null;
}

/** Alternatives that are shown when the number of beams is left to the model. */
const CANDIDATES = 3;

/** The start token is one of them, so that a caption of one token has no words. */
const SHORTEST = 2;
const LONGEST = 512;

function wholeNumber(words: Words, name: string, least: number, most: number): number | undefined {
  const text = words.text(name);
  if (text === undefined) return undefined;
  const value = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(`--${name} wants a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

function languageOf(words: Words): string | null {
  const text = words.text('language');
  if (text === undefined) return null;
  const parsed = Language.safeParse(text);
  if (!parsed.success) throw new UsageError(`--language wants a language such as de or pt-BR, not "${text}".`);
  return bestLanguage(parsed.data, [DEFAULT_LANGUAGE]) === null ? parsed.data : null;
}

/** What the words of the command ask for. Throws UsageError. */
export function readWishes(words: Words): Wishes {
  if (words.positionals.length === 0) throw new UsageError('Name at least one picture.');
  const beams = wholeNumber(words, 'beams', 1, 20);
  const maxLength = wholeNumber(words, 'max-length', SHORTEST, LONGEST);
  const minLength = wholeNumber(words, 'min-length', 1, LONGEST);
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength) {
    throw new UsageError(`--min-length ${minLength} is more than --max-length ${maxLength}.`);
  }
  const preset = words.text('preset');
  const task = words.text('task');
  const prompt = words.text('prompt');
  const question = words.text('question') ?? null;
  if (question !== null && prompt !== undefined) throw new UsageError('Give --prompt or --question, not both.');
  if (question !== null && task !== undefined) throw new UsageError('Give --task or --question, not both.');
  const language = languageOf(words);
  if (question !== null && language !== null) throw new UsageError('Give --question or --language, not both.');
  const glossary = words.text('glossary');
  if (question !== null && glossary !== undefined) throw new UsageError('Give --question or --glossary, not both.');
  if (question?.trim() === '') throw new UsageError('--question wants a question.');
  return {
    pictures: words.positionals,
    model: words.text('model') ?? null,
    options: {
      ...(preset === undefined ? {} : { preset }),
      ...(task === undefined ? {} : { task }),
      ...(beams === undefined ? {} : { beams }),
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(minLength === undefined ? {} : { minLength }),
      ...(prompt === undefined ? {} : { prompt }),
      candidates: beams ?? CANDIDATES,
    },
    question,
    language,
    glossary: glossary === undefined ? [] : readGlossaryFile(glossary),
    json: words.isSet('json'),
    csv: words.text('csv') ?? null,
  };
}
