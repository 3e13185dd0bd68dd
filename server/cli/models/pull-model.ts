import { mkdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Manifest } from '../../../models/blip/manifest';
import { convertBlip } from '../../../models/convert/blip/convert';
import { readHubSettings } from '../../../models/fetch/hub-settings';
import { checkCheckpoint, obtainCheckpoint } from '../../../models/fetch/obtain';
import { BLIP_LICENCE } from '../../../models/licence';
import { ModelError } from '../../../models/model-error';
import type { KnownModel, Source } from '../../../models/registry';
import { compare, listen, sampleQuestion, type Agreement } from './agreement';
import { startProgress } from './progress';
import { writeSamplePictures } from './sample-pictures';
import type { Precision } from './words';

export interface PullWishes {
  readonly model: KnownModel;
  readonly source: Source;
  readonly precision: Precision;
  /** A folder that somebody brought along; null: the hub. */
  readonly from: string | null;
  readonly keep: boolean;
  readonly compare: boolean;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

function bytesOf(source: Source): number {
  return source.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}

/** Room for the checkpoint, unless it is brought along, the model, and fp32 to compare with. Throws STORAGE_FULL. */
function checkRoom(pulled: string, wishes: PullWishes): void {
  const whole = bytesOf(wishes.source);
  const share = { fp32: 1, fp16: 0.5, int8: 0.3, 'int8-vnni': 0.3 }[wishes.precision];
  const parts = [wishes.from === null ? 1 : 0, share, wishes.compare && wishes.precision !== 'fp32' ? 1 : 0];
  const needed = whole * parts.reduce((sum, part) => sum + part, 0);
  const { bavail, bsize } = statfsSync(pulled);
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new ModelError(
    'STORAGE_FULL',
    `Pulling ${wishes.model.id} takes ${gigabytes(needed)} GB for a while, and ${gigabytes(bavail * bsize)} GB are free in ` +
      `${pulled}. Free some space, or skip the comparison with --no-compare.`,
  );
}

/** A verified folder with the checkpoint, and whether it is ours to delete. */
async function obtain(wishes: PullWishes, pulled: string): Promise<{ folder: string; ours: boolean }> {
  const report = (file: string, from: string | null) => {
    if (from === 'cache') say(`${file}: taken from the hub's cache`);
    if (from === 'earlier') say(`${file}: already here`);
    if (from === 'folder') say(`${file}: verified`);
  };
  if (wishes.from !== null) {
    await checkCheckpoint(wishes.source, wishes.from, report);
    return { folder: wishes.from, ours: false };
  }
  let bar: ReturnType<typeof startProgress> | null = null;
  const folder = await obtainCheckpoint(wishes.source, {
    hub: readHubSettings(process.env),
    downloads: path.join(pulled, '.downloads'),
    wait,
    progress: (done, total) => bar?.update(done, total),
    report: (file, from) => {
      if (from === null) bar = startProgress(`Downloading ${file}`);
      else if (from === 'hub') bar?.end();
      report(file, from);
    },
  });
  return { folder, ours: true };
}

async function convert(
  wishes: PullWishes,
  precision: Precision,
  at: { source: string; target: string },
): Promise<Manifest> {
  const bar = startProgress(`Converting to ${precision}`);
  return convertBlip({
    ...at,
    precision,
    id: wishes.model.id,
    licence: wishes.model.licence,
    licenceText: BLIP_LICENCE,
    progress: bar.update,
  }).finally(bar.end);
}

/** Asks both models about the same generated pictures. */
async function compareWithExact({ precision }: PullWishes, draft: string, question: string | null): Promise<Agreement> {
  const trial = { files: writeSamplePictures(path.join(draft, 'pictures')), question };
  const exact = await listen(path.join(draft, 'fp32'), trial);
  return compare(exact, await listen(path.join(draft, precision), trial));
}

/** Everything happens in a draft folder beside the models; only what is whole and checked is moved into its place. */
async function make(wishes: PullWishes, pulled: string, source: string): Promise<Pulled> {
  const { model, precision } = wishes;
  const draft = path.join(pulled, `.draft-${model.id}`);
  const folder = path.join(pulled, model.id, precision);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    const manifest = await convert(wishes, precision, { source, target: path.join(draft, precision) });
    const question = sampleQuestion(manifest);
    let agreement: Agreement | null = null;
    if (wishes.compare && precision !== 'fp32') {
      await convert(wishes, 'fp32', { source, target: path.join(draft, 'fp32') });
      say('Comparing the two …');
      agreement = await compareWithExact(wishes, draft, question);
    } else {
      await listen(path.join(draft, precision), { files: writeSamplePictures(draft, 1), question });
    }
    mkdirSync(path.dirname(folder), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(path.join(draft, precision), folder);
    return { folder, agreement };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

export interface Pulled {
  readonly folder: string;
  /** null where nothing was compared. */
  readonly agreement: Agreement | null;
}

/**
 * Brings an official checkpoint into `pulled` as a model. Throws ModelError; what was there stays as it is until the new model is
 * whole and has described a picture.
 */
export async function pullModel(wishes: PullWishes, pulled: string): Promise<Pulled> {
  checkRoom(pulled, wishes);
  const checkpoint = await obtain(wishes, pulled);
  const made = await make(wishes, pulled, checkpoint.folder);
  if (checkpoint.ours && !wishes.keep) rmSync(checkpoint.folder, { recursive: true, force: true });
  return made;
}
