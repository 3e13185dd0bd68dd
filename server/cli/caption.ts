import path from 'node:path';
import { parseArgs } from 'node:util';
import { locateModel } from '../../models/locate-model';
import { ModelError } from '../../models/model-error';
import type { EngineRequest } from '../captioning/engine';
import { WorkerPool } from '../captioning/worker-pool';
import { readConfig } from '../config';
import { AppError, toAppError } from '../errors';
import { failureLine, resultLine, sentenceOf } from './caption-lines';
import { checkFile } from './input-files';

const HELP = `Usage: altsmith caption FILES… [options]

Describes pictures. One bad file never stops the rest; the exit code is 0 only if all went well.

  --model ID|FOLDER   the model (default: the best one pulled, else mini)
  --beams N           sentences searched side by side
  --max-length N      most tokens of a caption, start token and prompt included
  --min-length N      least tokens of a caption, counted the same way
  --prompt TEXT       words the caption begins with
  --question TEXT     ask about the pictures instead
  --json              one JSON object a line
`;

interface Wishes {
  readonly files: readonly string[];
  readonly model: string | null;
  readonly options: EngineRequest['options'];
  readonly question: string | null;
  readonly json: boolean;
}

/** Words on the command line that make no sense; the message says which. */
class UsageError extends Error {}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,2}$/.test(text))
    throw new UsageError(`${name} wants a whole number from 1 to 999, not "${text}".`);
  return Number(text);
}

function parseWords(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        model: { type: 'string' },
        beams: { type: 'string' },
        'max-length': { type: 'string' },
        'min-length': { type: 'string' },
        prompt: { type: 'string' },
        question: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readWishes(args: string[]): Wishes | null {
  const { values, positionals } = parseWords(args);
  if (values.help) return null;
  if (positionals.length === 0) throw new UsageError('Name at least one file.');
  const beams = wholeNumber('--beams', values.beams);
  const maxLength = wholeNumber('--max-length', values['max-length']);
  const minLength = wholeNumber('--min-length', values['min-length']);
  return {
    files: positionals,
    model: values.model ?? null,
    options: {
      ...(beams === undefined ? {} : { beams }),
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(minLength === undefined ? {} : { minLength }),
      ...(values.prompt === undefined ? {} : { prompt: values.prompt }),
      candidates: beams ?? 3,
    },
    question: values.question ?? null,
    json: values.json,
  };
}

function modelFolder(model: string | null, dataDir: string): string {
  try {
    return locateModel(model, path.join(dataDir, 'models'));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new AppError(error.code, {}, { cause: error });
  }
}

/** `altsmith caption`: exit code 0 if every file got its text, 1 if any failed, 2 for wrong words. */
export async function run(args: string[]): Promise<number> {
  let wishes: Wishes | null;
  try {
    wishes = readWishes(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (wishes === null) {
    process.stdout.write(HELP);
    return 0;
  }
  const config = readConfig(process.env);
  const folder = modelFolder(wishes.model ?? config.model, config.dataDir);
  const { workers, threads, maxPixels } = config;
  const pool = new WorkerPool({ modelFolder: folder, workers, threads, maxPixels });
  await pool.start();
  try {
    return await captionAll(pool, wishes);
  } finally {
    await pool.stop();
  }
}

async function captionAll(pool: WorkerPool, wishes: Wishes): Promise<number> {
  let failures = 0;
  for (const file of wishes.files) {
    const { options, question } = wishes;
    try {
      await checkFile(file);
      const request = { imagePath: path.resolve(file), options, ...(question === null ? {} : { question }) };
      process.stdout.write(resultLine(file, await pool.run(request), wishes.json));
    } catch (thrown) {
      const error = toAppError(thrown);
      failures += 1;
      if (wishes.json) process.stdout.write(failureLine(file, error));
      else process.stderr.write(`${file}: ${sentenceOf(error)}\n`);
    }
  }
  return failures === 0 ? 0 : 1;
}
