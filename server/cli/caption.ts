import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelError } from '../../models/model-error';
import { modelSource, pictureDeadline, PULLED_MODELS, type ModelSource } from '../captioning/model-source';
import { thisMachine, usualWorkers } from '../captioning/worker-count';
import { WorkerPool } from '../captioning/worker-pool';
import { readConfig, type Config } from '../config';
import { AppError } from '../errors';
import { missingPair } from '../translating/pairs';
import { Translators } from '../translating/translators';
import { findDecoder } from '../video/decoder';
import type { VideoReading } from '../video/read-video';
import { Ending } from './caption/ending';
import { findInputs } from './caption/inputs';
import { failureLine, sentenceOf } from './caption/lines';
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

/** Makes a folder that is gone at the end. */
function temporaryFolder(ending: Ending): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-caption-'));
  ending.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Throws AppError MODEL_FILE_MISSING where the language is not here: no picture need be looked at to find that out. */
function translatorsFor({ language }: Wishes, { dataDir, threads }: Config): Translators | null {
  if (language === null) return null;
  const pulled = path.join(dataDir, PULLED_MODELS);
  const translators = new Translators({ pulled, threads, failed: () => undefined, sick: () => undefined });
  if (translators.has(language)) return translators;
  throw new AppError('MODEL_FILE_MISSING', {}, { cause: new ModelError('MODEL_FILE_MISSING', missingPair(language)) });
}

/** How videos are read: their program is looked for when there is one, and once. */
function videoReading({ video }: Config, ending: Ending): () => Promise<VideoReading> {
  let found: Promise<VideoReading> | null = null;
  const find = async () => {
    const { maxBytes } = video;
    return { decoder: await findDecoder(video), maxBytes, folder: temporaryFolder(ending), signal: ending.signal };
  };
  return () => (found ??= find());
}

async function describePictures(wishes: Wishes, ending: Ending): Promise<number> {
  const config = readConfig(process.env);
  const { threads, maxPixels, maxBytes } = config;
  const translators = translatorsFor(wishes, config);
  ending.add(() => translators?.close());
  const source = sourceOf(wishes.model ?? config.model, config);
  const store = { folder: () => temporaryFolder(ending), maxBytes };
  const inputs = await findInputs(wishes.pictures, process.stdin, store);
  // One picture alone is done soonest by one worker with all threads.
  const usual = inputs.length > 1 ? usualWorkers(source, thisMachine()) : 1;
  const workers = config.workers ?? usual;
  const pool = new WorkerPool({ ...source, ...pictureDeadline(source, config), workers, threads, maxPixels });
  ending.add(() => pool.stop());
  await pool.start();
  pool.throwIfTroubled();
  // Only now: a model that does not load must not cost what an older table holds.
  const table = wishes.csv === null ? null : new Table(wishes.csv);
  ending.add(() => table?.close());
  const progress = startProgress(inputs.length, process.stderr);
  ending.add(() => progress.end());
  const failures = await describeAll(pool, inputs, wishes, {
    maxBytes,
    signal: ending.signal,
    translators,
    videos: videoReading(config, ending),
    table,
    progress,
    out: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
  });
  return failures === 0 ? 0 : 1;
}

/** Says why nothing was described, where the answers would have been: with --json that is standard output. */
function report(error: AppError, json: boolean): void {
  if (json) process.stdout.write(failureLine(null, error));
  else process.stderr.write(`${sentenceOf(error)}\n`);
}

/**
 * `altsmith caption`: exit code 0 if every picture got its text, 1 if any failed, 2 for wrong words, and 128 with the number of
 * the signal that ended it.
 */
export async function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      options: OPTIONS,
      work: async (words) => {
        const wishes = readWishes(words);
        const ending = new Ending();
        ending.watch();
        try {
          return await describePictures(wishes, ending);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          if (!ending.signal.aborted) report(error, wishes.json);
          return 1;
        } finally {
          await ending.run();
        }
      },
    },
    args,
  );
}
