import path from 'node:path';
import { ModelError } from '../../models/model-error';
import { modelLines } from '../captioning/model-lines';
import { modelSource, pictureDeadline, PULLED_MODELS } from '../captioning/model-source';
import { WorkerPool } from '../captioning/worker-pool';
import { readConfig, type Config } from '../config';
import { AppError } from '../errors';
import { evaluate, REPORT_FILES, type EvaluationParts } from '../evaluation/evaluate';
import { comparableIn } from '../evaluation/language-of-library';
import { readLibrary } from '../evaluation/library';
import type { Report } from '../evaluation/report';
import { Translators } from '../translating/translators';
import { Ending } from './caption/ending';
import { failureLine, sentenceOf } from './caption/lines';
import { startProgress } from './caption/progress';
import { runCommand } from './command';
import { decisionsHere } from './evaluate/decisions';
import { HELP, OPTIONS, readWishes, type Wishes } from './evaluate/words';

/** All models that are here and write captions. */
function installedModels({ dataDir }: Config): string[] {
  const lines = modelLines(path.join(dataDir, PULLED_MODELS));
  return lines
    .filter(({ precisions, download_bytes, answers_questions }) => {
      return (precisions.length > 0 || download_bytes === 0) && !answers_questions;
    })
    .map(({ id }) => id);
}

/** One worker with all threads: so seconds and memory are those of one picture and one model. */
function openModel(name: string, config: Config, ending: Ending): EvaluationParts['models'][number] {
  const source = modelSource(name, config);
  const { threads, maxPixels } = config;
  const open = async () => {
    const pool = new WorkerPool({ ...source, ...pictureDeadline(source, config), workers: 1, threads, maxPixels });
    ending.add(() => pool.stop());
    await pool.start();
    pool.throwIfTroubled();
    return { name, engine: pool, pids: () => pool.workerPids(), close: () => pool.stop() };
  };
  return { name, open };
}

/** What the last line of the output says with --json. */
function resultOf({ images, language, seed, left_out, models }: Report): object {
  return {
    images,
    language,
    seed,
    left_out,
    models: models.map(({ pairs, ...figures }) => ({
      ...figures,
      pairs: pairs.map(({ file, person, machine, score, confidence }) => ({
        file,
        person,
        machine,
        score,
        confidence,
      })),
    })),
  };
}

function linesOf({ images, models }: Report, page: string): string[] {
  const rows = models.map(({ model, cider_d: score, interval: [low, high], seconds_per_image: seconds }) => {
    const speed = seconds === null ? '' : `  ${seconds.toFixed(2)} s a picture`;
    return `  ${model.padEnd(24)} ${score.toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)})${speed}`;
  });
  return [`CIDEr-D over ${images} pictures, with its 95 % interval:`, ...rows, `Report: ${page}`];
}

async function evaluateHere(wishes: Wishes, ending: Ending): Promise<{ report: Report; folder: string }> {
  const config = readConfig(process.env);
  const { threads, dataDir } = config;
  const pulled = path.join(dataDir, PULLED_MODELS);
  const translators = new Translators({ pulled, threads, failed: () => undefined, sick: () => undefined });
  ending.add(() => translators.close());
  const names = wishes.models.length > 0 ? wishes.models : installedModels(config);
  const models = names.map((name) => openModel(name, config, ending));
  const library = await readLibrary(wishes.images, wishes);
  const comparable = comparableIn(library, wishes.language, translators);
  const decisions = await decisionsHere(config, wishes.site, (text) => process.stderr.write(text));
  const folder = path.resolve(wishes.out);
  const progress = startProgress(models.length * library.items.length, process.stderr);
  ending.add(() => progress.end());
  const { signal } = ending;
  const step = () => progress.step();
  const { seed } = wishes;
  const report = await evaluate({ library, folder, ...comparable, seed, models, decisions, signal, step });
  progress.end();
  return { report, folder };
}

function report(error: unknown, json: boolean): void {
  const isModel = error instanceof ModelError;
  const known = isModel ? new AppError(error.code, {}, { cause: error }) : error;
  if (!(known instanceof AppError)) throw error;
  if (json) process.stdout.write(failureLine(null, known));
  else process.stderr.write(`${sentenceOf(known)}\n`);
}

/**
 * `altsmith evaluate`: exit code 0 when the report is written, 1 when it could not be, 2 for wrong words, and 128 with the number of the
 * signal that ended it; what was done by then is not done again.
 */
export async function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      options: OPTIONS,
      work: async (words, say) => {
        const wishes = readWishes(words);
        const ending = new Ending();
        ending.watch();
        try {
          const { report: found, folder } = await evaluateHere(wishes, ending);
          say(resultOf(found), linesOf(found, path.join(folder, REPORT_FILES.page)));
          return 0;
        } catch (error) {
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
