import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelError } from '../../models/model-error';
import { modelSource, type ModelSource } from '../captioning/model-source';
import { thisMachine, usualWorkers } from '../captioning/worker-count';
import { WorkerPool } from '../captioning/worker-pool';
import { readConfig, type Config } from '../config';
import { AppError } from '../errors';
import { findInputs } from './caption/inputs';
import { sentenceOf } from './caption/lines';
import { startProgress } from './caption/progress';
import { describeAll } from './caption/run-all';
import { Table } from './caption/table';
import { HELP, OPTIONS, readWishes, type Wishes } from './caption/words';
import { runCommand } from './command';

function sourceOf(model: string | null, config: Config): ModelSource {
  try {
    return modelSource(model, config);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new AppError(error.code, {}, { cause: error });
  }
}

async function describePictures(wishes: Wishes, temporary: string): Promise<number> {
  const config = readConfig(process.env);
  const { threads, maxPixels } = config;
  const source = sourceOf(wishes.model ?? config.model, config);
  const inputs = await findInputs(wishes.pictures, process.stdin, temporary);
  const table = wishes.csv === null ? null : new Table(wishes.csv);
  // One picture alone is done soonest by one worker with all threads.
  const usual = inputs.length > 1 ? usualWorkers(source, thisMachine()) : 1;
  const pool = new WorkerPool({ ...source, workers: config.workers ?? usual, threads, maxPixels });
  try {
    await pool.start();
    pool.throwIfTroubled();
    const progress = startProgress(inputs.length, process.stderr);
    const failures = await describeAll(pool, inputs, wishes, {
      table,
      progress,
      out: (text) => process.stdout.write(text),
      complain: (text) => process.stderr.write(text),
    });
    progress.end();
    return failures === 0 ? 0 : 1;
  } finally {
    await pool.stop();
    table?.close();
  }
}

/** `altsmith caption`: exit code 0 if every picture got its text, 1 if any failed, 2 for wrong words. */
export async function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      options: OPTIONS,
      work: async (words) => {
        const wishes = readWishes(words);
        const temporary = await mkdtemp(path.join(tmpdir(), 'altsmith-caption-'));
        try {
          return await describePictures(wishes, temporary);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          process.stderr.write(`${sentenceOf(error)}\n`);
          return 1;
        } finally {
          await rm(temporary, { recursive: true, force: true });
        }
      },
    },
    args,
  );
}
