import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../models/durable';
import type { ModelInfo } from '../../models/captioner';
import { AppError } from '../errors';
import { storageProblem } from '../storage/sqlite-error';
import { captionLibrary, type EvaluatedModel } from './caption-library';
import { EvaluationLog } from './evaluation-log';
import { figuresOf, judgedPictures, type Compared, type ModelFigures } from './figures';
import type { Library } from './library';
import { reportPage, type Thumbnails } from './page/report-page';
import { reportOf, type DecidedTexts, type Report } from './report';

/** Files in the folder of an evaluation. */
export const REPORT_FILES = { json: 'report.json', page: 'report.html' } as const;
const LOG_FILE = 'unfinished.jsonl';
const THUMBNAILS = 'unfinished-thumbnails';

export interface EvaluationParts {
  readonly library: Library;
  /** Where the report is written, and what is done so far. */
  readonly folder: string;
  /** Of the people's texts. */
  readonly language: string;
  readonly seed: number;
  /** Names of the models, and how each is opened; one is open at a time. */
  readonly models: readonly { readonly name: string; open(): Promise<EvaluatedModel & { close(): Promise<void> }> }[];
  /** Turns English into the language of the texts; null: they are English. */
  readonly translate: ((text: string) => Promise<string>) | null;
  readonly decisions: (model: ModelFigures) => DecidedTexts | null;
  readonly signal: AbortSignal;
  /** A picture is done by a model. */
  readonly step: () => void;
}

/** The question that an unfinished evaluation must have asked, too, for its answers to count. */
const questionOf = ({ library, language, seed }: EvaluationParts) =>
  JSON.stringify([library.fingerprint, language, seed]);

function loadedInfo({ engine }: EvaluatedModel): ModelInfo {
  const { model } = engine.state();
  if (model === null) throw new AppError('MODEL_UNAVAILABLE');
  return model;
}

/** Small copies of the pictures that are judged. */
class ThumbnailFolder {
  readonly #places: ReadonlyMap<string, string>;

  constructor(folder: string, files: readonly string[]) {
    mkdirSync(folder, { recursive: true });
    this.#places = new Map(files.map((file, at) => [file, path.join(folder, `${at}.webp`)]));
  }

  placeFor(file: string): string | null {
    return this.#places.get(file) ?? null;
  }

  /** As data addresses; one that was not made is left out. */
  read(): Thumbnails {
    const found = new Map<string, string>();
    for (const [file, place] of this.#places) {
      if (existsSync(place)) found.set(file, `data:image/webp;base64,${readFileSync(place).toString('base64')}`);
    }
    return found;
  }
}

/**
 * Lets the models caption the library, compares what they say with the people's texts, and writes the report. What is done stays in the folder
 * until then, so the same call goes on where it was stopped or killed. Throws the signal's reason, MODEL_UNAVAILABLE, STORAGE_FULL.
 */
export async function evaluate(parts: EvaluationParts): Promise<Report> {
  const { library, folder, models, signal, translate, step } = parts;
  const log = new EvaluationLog(path.join(folder, LOG_FILE), questionOf(parts));
  const judged = judgedPictures(library.items, parts.seed);
  const thumbnails = new ThumbnailFolder(
    path.join(folder, THUMBNAILS),
    judged.map(({ file }) => file),
  );
  const compared: Compared[] = [];
  try {
    for (const each of models) {
      const { name } = each;
      const model = await each.open();
      try {
        const info = loadedInfo(model);
        // Other weights under the same name are another model.
        const asked = { ...model, name: `${name} ${info.fingerprint ?? ''}` };
        const place = ({ file }: { readonly file: string }) => thumbnails.placeFor(file);
        const outcomes = await captionLibrary(asked, library.items, { log, signal, translate, step, thumbnail: place });
        compared.push({ name, info, outcomes });
      } finally {
        await model.close();
      }
    }
  } finally {
    log.close();
  }
  const report = finish(parts, { compared, judged, thumbnails: thumbnails.read() });
  log.remove();
  rmSync(path.join(folder, THUMBNAILS), { recursive: true, force: true });
  return report;
}

interface Ended {
  readonly compared: readonly Compared[];
  readonly judged: Report['judged'];
  readonly thumbnails: Thumbnails;
}

function finish(parts: EvaluationParts, { compared, judged, thumbnails }: Ended): Report {
  const { library, language, seed, decisions, folder } = parts;
  const figures = figuresOf(library.items, compared, { language, seed });
  const { items, leftOut } = library;
  const report = reportOf({ items, leftOut, figures, judged, decisions, language, seed });
  const page = reportPage(report, thumbnails);
  try {
    replaceFile(path.join(folder, REPORT_FILES.json), `${JSON.stringify(report, null, 1)}\n`);
    replaceFile(path.join(folder, REPORT_FILES.page), page);
  } catch (error) {
    throw storageProblem(error) ?? error;
  }
  return report;
}
