import path from 'node:path';
import { locateModel } from '../../models/locate-model';
import { ModelError } from '../../models/model-error';
import type { Translation, TranslateOptions } from '../../models/translator';
import { PULLED_MODELS } from '../captioning/model-source';
import { readConfig } from '../config';
import { Language } from '../contract/language';
import { AppError } from '../errors';
import { findPair, missingPair } from '../translating/pairs';
import { TranslatorProcess } from '../translating/translator-process';
import { runCommand, UsageError, type Words } from './command';

const HELP = `Usage: altsmith translate TEXT… [options]

Translates texts on this machine, with a model that "altsmith languages pull" got or "altsmith models convert" made.

  --to LANGUAGE       BCP 47, such as de or pt-BR (default: the only one that --model has)
  --from LANGUAGE     (default: en)
  --model ID|FOLDER   the model (default: the one for this pair of languages)
  --beams N           sentences searched side by side (default: the model's own number)
  --max-length N      most tokens of a translation, start token included (default: twice those of the text and ten)
  --json              one JSON object a line; what failed has "error" in it

A model for several languages needs --to. The exit code is 0 only if every text was translated.
`;

const OPTIONS = {
  to: { type: 'string' },
  from: { type: 'string' },
  model: { type: 'string' },
  beams: { type: 'string' },
  'max-length': { type: 'string' },
} as const;

/** Alternatives that are shown when the number of beams is left to the model. */
const CANDIDATES = 3;
const MOST_BEAMS = 20;
const LONGEST = 512;

function wholeNumber(words: Words, name: string, least: number, most: number): number | undefined {
  const value = words.number(name);
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return value;
  throw new UsageError(`--${name} wants a whole number from ${least} to ${most}.`);
}

function language(words: Words, name: string): string | undefined {
  const text = words.text(name);
  if (text === undefined) return undefined;
  const parsed = Language.safeParse(text);
  if (!parsed.success) throw new UsageError(`--${name} wants a language such as de or pt-BR, not "${text}".`);
  return parsed.data;
}

interface Wishes {
  readonly texts: readonly string[];
  readonly to: string | undefined;
  readonly from: string;
  readonly model: string | undefined;
  readonly options: TranslateOptions;
}

function readWishes(words: Words): Wishes {
  if (words.positionals.length === 0) throw new UsageError('Name at least one text.');
  const beams = wholeNumber(words, 'beams', 1, MOST_BEAMS);
  // The start token is one of them.
  const length = wholeNumber(words, 'max-length', 2, LONGEST);
  const [to, from, model] = [language(words, 'to'), language(words, 'from') ?? 'en', words.text('model')];
  if (to === undefined && model === undefined) throw new UsageError('Name a language with --to.');
  const options = {
    ...(to === undefined ? {} : { to }),
    ...(beams === undefined ? {} : { beams }),
    ...(length === undefined ? {} : { maxLength: length - 1 }),
    candidates: Math.min(CANDIDATES, beams ?? CANDIDATES),
  };
  return { texts: words.positionals, to, from, model, options };
}

/** Folder of the model that is to translate. Throws ModelError. */
function folderOf({ model, to = '', from }: Wishes, pulled: string): string {
  if (model !== undefined) return locateModel(model, pulled);
  const pair = findPair(pulled, to, from);
  if (pair === null) throw new ModelError('MODEL_FILE_MISSING', missingPair(to));
  return pair.folder;
}

function jsonOf(text: string, translation: Translation, { id, precision }: TranslatorProcess['info']) {
  const [best, ...others] = translation.candidates;
  return {
    text,
    translation: best.text,
    language: translation.language,
    tokens: best.tokens,
    alternatives: others.map((other) => other.text),
    confidence: Number(translation.confidence.toFixed(4)),
    ...(translation.isCut ? { cut: true } : {}),
    timings_ms: { total: Number(translation.timingMs.toFixed(1)) },
    model: { id, precision },
  };
}

/** The model's own sentence where there is one: it names the language or the file. */
function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof ModelError) return error;
  if (!(error instanceof AppError)) throw error;
  return { code: error.code, message: error.cause instanceof Error ? error.cause.message : error.sentence };
}

async function translateAll(wishes: Wishes, json: boolean): Promise<number> {
  const config = readConfig(process.env);
  const print = (line: object | string) =>
    process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  const complain = (text: string | null, { code, message }: { code: string; message: string }) => {
    if (json) print({ ...(text === null ? {} : { text }), error: { code, message } });
    else process.stderr.write(`${message} (${code})\n`);
  };
  let translator: TranslatorProcess;
  try {
    translator = await TranslatorProcess.start(
      folderOf(wishes, path.join(config.dataDir, PULLED_MODELS)),
      config.threads,
    );
  } catch (error) {
    complain(null, failureOf(error));
    return 1;
  }
  let failures = 0;
  try {
    for (const text of wishes.texts) {
      try {
        const translation = await translator.translate(text, wishes.options);
        print(json ? jsonOf(text, translation, translator.info) : translation.candidates[0].text);
      } catch (error) {
        failures += 1;
        complain(text, failureOf(error));
      }
    }
  } finally {
    await translator.close();
  }
  return failures === 0 ? 0 : 1;
}

/** `altsmith translate`: exit code 0 if every text was translated, 1 if any was not, 2 for wrong words. */
export function run(args: string[]): Promise<number> {
  return runCommand(
    { help: HELP, options: OPTIONS, work: (words) => translateAll(readWishes(words), words.isSet('json')) },
    args,
  );
}
