import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileProblem } from '../../models/file-problem';
import { bestLanguage } from '../../models/languages';
import { ModelError } from '../../models/model-error';
import { knownModels, type KnownModel } from '../../models/registry';
import { PULLED_MODELS } from '../captioning/model-source';
import { readConfig } from '../config';
import { Language } from '../contract/language';
import { choosePair, missingPair } from '../translating/pairs';
import { runCommand, UsageError, type Say, type Words } from './command';
import { keepAction } from './kept-action';
import { languageLines, textOf } from './languages/list';
import { translateExisting } from './languages/translate-existing';
import { pull } from './models/pull';

const HELP = `Usage: altsmith languages <what> [options]

  list              the languages that texts can be translated into, and the models that are here for them
  pull LANGUAGE     download the model for a language; takes the options of "altsmith models pull"
  use LANGUAGE      choose the model for a language, where several are here: --model ID
  translate LANGUAGE…  translate what the sidecar has suggested already, in a run: --approved for what a person
                    approved only, --site ID for one site

A language is a BCP 47 tag such as de or pt-BR; WordPress's names (de_DE_formal) are understood.

  --json            one JSON object
`;

function languageOf(word: string | undefined): string {
  const parsed = Language.safeParse(word);
  if (!parsed.success) throw new UsageError('Name a language such as de or pt-BR.');
  return parsed.data;
}

/** The first model of the registry for a language. Throws ModelError LANGUAGE_NOT_POSSIBLE. */
function modelFor(language: string): KnownModel {
  const found = knownModels().find(({ translation }) => bestLanguage(language, translation?.to ?? []) !== null);
  if (found !== undefined) return found;
  throw new ModelError('LANGUAGE_NOT_POSSIBLE', missingPair(language));
}

function list(pulled: string, say: Say): number {
  const lines = languageLines(pulled);
  say({ items: lines }, [...lines.map(textOf), '* is what the sidecar translates into this language with.']);
  return 0;
}

function use(words: Words, pulled: string, say: Say): number {
  const pair = choosePair(pulled, languageOf(words.positionals[1]), words.text('model') ?? null);
  say({ language: pair.to, model: pair.model, precision: pair.precision, folder: pair.folder }, [
    `Into ${pair.to} translates from now on: ${pair.model} (${pair.precision}).`,
  ]);
  return 0;
}

function work(words: Words, pulled: string, say: Say): number | Promise<number> {
  const [what] = words.positionals;
  if (what === 'list') return list(pulled, say);
  if (what === 'use') return use(words, pulled, say);
  if (what === 'translate') return translateExisting(words, readConfig(process.env), { pulled, say });
  throw new UsageError(
    what === undefined ? 'Say what: list, pull, use or translate.' : `There is no "altsmith languages ${what}".`,
  );
}

function report(error: unknown, json: boolean): number {
  const problem = fileProblem(error) ?? error;
  if (!(problem instanceof ModelError)) throw problem;
  const { code, message } = problem;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`${message} (${code})\n`);
  return 1;
}

/** `altsmith languages`: exit code 0 only if all went well, 2 for wrong words. */
export async function run(args: string[]): Promise<number> {
  const pulled = path.join(readConfig(process.env).dataDir, PULLED_MODELS);
  const [what, language, ...rest] = args;
  try {
    mkdirSync(pulled, { recursive: true });
    if (what === 'pull' && language !== undefined && !language.startsWith('-')) {
      const code = await pull([modelFor(languageOf(language)).id, ...rest], pulled);
      if (code === 0) await keepAction('languages pull', language, rest);
      return code;
    }
    const options = { model: { type: 'string' }, approved: { type: 'boolean' }, site: { type: 'string' } } as const;
    const spec = { help: HELP, options };
    const code = await runCommand({ ...spec, work: (words, say) => work(words, pulled, say) }, args);
    if (code === 0 && what === 'use' && !rest.includes('--help'))
      await keepAction('languages use', language ?? '', rest);
    return code;
  } catch (error) {
    if (!(error instanceof UsageError)) return report(error, args.includes('--json'));
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
}
