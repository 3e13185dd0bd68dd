import type { Manifest } from '../../../models/model-folder/manifest';
import { ModelError, type ModelErrorCode } from '../../../models/model-error';
import type { EngineRequest } from '../../captioning/engine';
import { pictureDeadline } from '../../captioning/model-source';
import { WorkerPool } from '../../captioning/worker-pool';
import { readConfig } from '../../config';
import { writeSamplePictures } from './sample-pictures';

/** What two models must be asked to be compared, or one to be tried. */
export interface Trial {
  readonly files: readonly string[];
  /** Asked about each picture; null: captions. */
  readonly question: string | null;
  readonly options?: EngineRequest['options'];
}

export interface Said {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** What a model is asked about a generated picture: nothing where it writes captions. */
export function sampleQuestion({ graphs }: Manifest): string | null {
  return graphs.question === null ? null : 'what is in the picture?';
}

const MODEL_CODES: readonly ModelErrorCode[] = [
  'MODEL_FILE_MISSING',
  'MODEL_FILE_DAMAGED',
  'MODEL_TOO_LARGE',
  'MODEL_UNAVAILABLE',
];

/** What the model in a folder says about each picture, greedily. Runs in a process of its own. Throws ModelError. */
export async function listen(folder: string, trial: Trial): Promise<Said[]> {
  const config = readConfig(process.env);
  const { maxPixels, threads } = config;
  const source = { modelFolder: folder };
  const pool = new WorkerPool({ ...source, ...pictureDeadline(source, config), threads, maxPixels });
  await pool.start();
  try {
    const { problem } = pool.state();
    if (problem !== null) {
      const code = MODEL_CODES.find((each) => each === problem.code) ?? 'MODEL_UNAVAILABLE';
      throw new ModelError(code, problem.message);
    }
    const said: Said[] = [];
    for (const imagePath of trial.files) {
      const question = trial.question === null ? {} : { question: trial.question };
      const options = { beams: 1, ...trial.options, keepWordless: true };
      const { caption, answer } = await pool.run({ imagePath, options, ...question });
      said.push(caption?.candidates[0] ?? answer ?? { text: '', tokens: [] });
    }
    return said;
  } finally {
    await pool.stop();
  }
}

export interface Agreement {
  readonly pictures: number;
  /** Pictures about which both say exactly the same. */
  readonly same: number;
  /** Share of the reference's tokens that the other model writes at the same place, 0..1. */
  readonly tokens: number;
}

/** How far `other` says what `reference` says. */
export function compare(reference: readonly Said[], other: readonly Said[]): Agreement {
  let same = 0;
  let equal = 0;
  let all = 0;
  reference.forEach(({ tokens }, picture) => {
    const found = other[picture]?.tokens ?? [];
    const length = Math.max(tokens.length, found.length, 1);
    const hits = tokens.filter((token, place) => found[place] === token).length;
    const whole = hits === tokens.length && tokens.length === found.length;
    equal += whole ? length : hits;
    all += length;
    if (whole) same += 1;
  });
  return { pictures: reference.length, same, tokens: all === 0 ? 0 : equal / all };
}

/** Asks two models about the same generated pictures, which are written to `scratch`. Throws ModelError. */
export async function compareFolders(
  { exact, other }: { readonly exact: string; readonly other: string },
  scratch: string,
  question: string | null,
): Promise<Agreement> {
  const trial = { files: writeSamplePictures(scratch), question };
  const reference = await listen(exact, trial);
  return compare(reference, await listen(other, trial));
}

/** The comparison in words. */
export function describeAgreement(
  precision: string,
  { pictures, same, tokens }: Agreement,
  kind: 'pictures' | 'texts' = 'pictures',
): string {
  const share = `${(100 * tokens).toFixed(0)} %`;
  const verdict =
    tokens >= 0.9
      ? 'That is as good as the same.'
      : tokens >= 0.6
        ? 'Where they differ, either is usually a fair description; look at a few of your own pictures.'
        : `They differ a lot. Until you have looked at some captions, use the exact model: --precision fp32.`;
  if (kind === 'texts') {
    return `${precision} against fp32 on ${pictures} captions: ${same} translations the same, ${share} of the words at the same place. ${verdict}`;
  }
  return `${precision} against fp32 on ${pictures} generated pictures: ${same} captions the same, ${share} of the words at the same place. ${verdict}`;
}
