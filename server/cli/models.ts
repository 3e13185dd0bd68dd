import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileProblem } from '../../models/file-problem';
import { causeCode } from '../../models/fetch/network-cause';
import { ModelError } from '../../models/model-error';
import { PULLED_MODELS } from '../captioning/model-source';
import { readConfig } from '../config';
import { convert } from './models/convert';
import { list } from './models/list';
import { pull } from './models/pull';
import { use } from './models/use';
import { verify } from './models/verify';
import { UsageError } from './command';
import { keepAction } from './kept-action';

const HELP = `Usage: altsmith models <what> [options]

  list      the models that are known, and those that are here
  pull      download an official checkpoint, verify, convert and check it
  convert   turn a checkpoint of your own into a model folder
  verify    check the files of a model, and what it says
  use       choose the model for captions

"altsmith models <what> --help" tells more.
`;

type Command = (args: string[], pulled: string) => Promise<number> | number;
const COMMANDS: Readonly<Record<string, Command>> = { list, pull, convert, verify, use };
/** Those that the audit log keeps. */
const CHANGES: readonly string[] = ['pull', 'convert', 'use'];

/** The model or folder: the first word that is neither an option nor its value. */
function targetOf(words: readonly string[]): string {
  const isValue = (index: number) => /^--(?!json$)[^=]+$/.test(words[index - 1] ?? '');
  return words.find((word, index) => !word.startsWith('-') && !isValue(index)) ?? '';
}

/** `altsmith models`: exit code 0 only if all went well, 2 for wrong words. */
export async function run(args: string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const isHelp = ['--help', '-h', 'help'].includes(name);
    (isHelp ? process.stdout : process.stderr).write(HELP);
    return isHelp ? 0 : 2;
  }
  const pulled = path.join(readConfig(process.env).dataDir, PULLED_MODELS);
  try {
    mkdirSync(pulled, { recursive: true });
    const code = await command(rest, pulled);
    const isChange = CHANGES.includes(name) && !rest.some((word) => ['--help', '-h'].includes(word));
    if (code === 0 && isChange) await keepAction(`models ${name}`, targetOf(rest), rest);
    return code;
  } catch (error) {
    return report(fileProblem(error) ?? error, rest.includes('--json'));
  }
}

/** A model's own sentence says more than the catalogue's, so it is what people read here. */
function report(error: unknown, json: boolean): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (!(error instanceof ModelError)) throw error;
  const { code, message } = error;
  const cause = causeCode(error.cause);
  if (json)
    process.stdout.write(`${JSON.stringify({ error: { code, message, ...(cause === null ? {} : { cause }) } })}\n`);
  else process.stderr.write(`${message} (${code})\n`);
  return 1;
}
