import { Language } from '../../contract/language';
import { decimalOf, refuseMoreThan, UsageError, type CommandSpec, type Words } from '../command';

export const HELP = `Usage: altsmith evaluate --images FOLDER [options]

Compares what models say of your pictures with the alt texts that people wrote for them. FOLDER holds the pictures and
alt-texts.json, a list of {"file", "alt_texts": [...]}. No model sees the texts, and nothing leaves this machine, unless
you name the model openai-compatible, which is on the server of your settings.
Writes report.html and report.json. When it was stopped or killed, the same call goes on where it was.

  --images FOLDER     the pictures and their texts
  --model ID|FOLDER   a model (give it again for each; default: all that are installed)
  --limit N           how many pictures, drawn by lot (default 200, and then at least 50 must have a text)
  --seed N            another draw, and other intervals (default 1)
  --language TAG      language of the texts (BCP 47); by default it is guessed. Other ones than English need the
                      translator that "altsmith languages pull TAG" gets
  --site ID|NAME      whose decisions the report shows (default: all sites of the sidecar of this data folder)
  --out FOLDER        where the report goes (default: altsmith-evaluation)
  --json              print what was found as one JSON object, in the last line
`;

export const OPTIONS = {
  images: { type: 'string' },
  model: { type: 'string', multiple: true },
  limit: { type: 'string' },
  seed: { type: 'string' },
  language: { type: 'string' },
  out: { type: 'string' },
  site: { type: 'string' },
} as const satisfies CommandSpec['options'];

export interface Wishes {
  readonly images: string;
  /** Empty: all that are installed. */
  readonly models: readonly string[];
  readonly limit: number | null;
  readonly seed: number;
  /** Null: to be guessed. */
  readonly language: string | null;
  /** Whose decisions are looked at; null: those of all sites here. */
  readonly site: string | null;
  readonly out: string;
  readonly json: boolean;
}

function wholeNumber(words: Words, name: string, most: number): number | null {
  const text = words.text(name);
  if (text === undefined) return null;
  const value = decimalOf(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`--${name} wants a whole number from 1 to ${most}, not "${text}".`);
}

function languageOf(words: Words): string | null {
  const text = words.text('language');
  if (text === undefined) return null;
  const parsed = Language.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--language wants a language such as de or pt-BR, not "${text}".`);
}

/** What the words of the command ask for. Throws UsageError. */
export function readWishes(words: Words): Wishes {
  refuseMoreThan(0, words);
  const images = words.text('images');
  if (images === undefined) throw new UsageError('Name the folder of the pictures with --images.');
  return {
    images,
    models: [...new Set(words.texts('model'))],
    limit: wholeNumber(words, 'limit', 100_000),
    seed: wholeNumber(words, 'seed', 4_294_967_295) ?? 1,
    language: languageOf(words),
    site: words.text('site') ?? null,
    out: words.text('out') ?? 'altsmith-evaluation',
    json: words.isSet('json'),
  };
}
