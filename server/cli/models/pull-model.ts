import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Manifest } from '../../../models/model-folder/manifest';
import { realPath } from '../../../models/model-folder/target-folder';
import { clearDrafts, takePlace } from '../../../models/model-folder/write';
import { readHubSettings, type HubSettings } from '../../../models/fetch/hub-settings';
import { bytesToDownload, checkCheckpoint, checkpointFolder, obtainCheckpoint } from '../../../models/fetch/obtain';
import { pinSource } from '../../../models/fetch/revision';
import { withFiles } from '../../../models/file-problem';
import { BLIP_LICENCE } from '../../../models/architectures/blip/licence';
import { BLIP_2_LICENCE } from '../../../models/architectures/blip-2/licence';
import { FLORENCE_LICENCE } from '../../../models/architectures/florence-2/licence';
import { OPUS_LICENCE } from '../../../models/architectures/marian/licence';
import { bytesInFp32, weightsFileOf, type KnownModel, type Source } from '../../../models/registry';
import { readConfig } from '../../config';
import { clearOtherStates, downloadsIn, noteNotKept } from '../../captioning/left-checkpoints';
import { compareFolders, listen, sampleQuestion, type Agreement } from './agreement';
import { convertApart } from './conversion';
import { interruptible, unlessAborted } from './interruption';
import { startProgress, type Progress } from './progress';
import { claimPull } from './pull-claim';
import { checkRoom, memoryProblem } from './room';
import { writeSamplePictures } from './sample-pictures';
import { compareTranslators, translateSamples } from './translation-trial';
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

/** What stands behind a file of a folder that somebody brought along. */
function checkedBy({ files }: Source, name: string): string {
  const { sha256 = null, bytes = null } = files.find((file) => file.name === name) ?? {};
  if (sha256 !== null) return 'verified';
  return bytes === null ? 'not compared, nothing is known of it' : 'of the right size; its sha256 is not known';
}

const say = (line: string) => process.stderr.write(`${line}\n`);

/** How a request is tried again, and that told. */
const retrying = {
  wait,
  failed: (reason: string, waitMs: number) => say(`${reason}; trying again in ${Math.ceil(waitMs / 1000)} s`),
};

/** Text of the licence file in a pulled model; mini is not pulled. */
const LICENCES: Readonly<Record<KnownModel['architecture'], string>> = {
  blip: BLIP_LICENCE,
  'blip-2': BLIP_2_LICENCE,
  'florence-2': FLORENCE_LICENCE,
  marian: OPUS_LICENCE,
  mini: '',
};

/** A verified folder with the checkpoint, and whether it is ours to delete. */
async function obtain(
  wishes: PullWishes,
  pulled: string,
  hub: HubSettings,
  signal: AbortSignal,
): Promise<{ folder: string; ours: boolean }> {
  const report = (file: string, from: string | null) => {
    if (from === 'cache') say(`${file}: taken from the hub's cache`);
    if (from === 'earlier') say(`${file}: already here`);
    if (from === 'folder') say(`${file}: ${checkedBy(wishes.source, file)}`);
  };
  if (wishes.from !== null) {
    await unlessAborted(signal, checkCheckpoint(wishes.source, wishes.from, report));
    return { folder: wishes.from, ours: false };
  }
  if (!wishes.keep) {
    const folder = checkpointFolder(wishes.source, downloadsIn(pulled));
    mkdirSync(folder, { recursive: true });
    noteNotKept(folder);
    clearOtherStates(wishes.source, pulled);
  }
  const shown: { bar: Progress | null } = { bar: null };
  const coming = obtainCheckpoint(wishes.source, {
    hub,
    downloads: downloadsIn(pulled),
    ...retrying,
    progress: (done, total) => shown.bar?.update(done, total),
    report: (file, from) => {
      if (from === 'hub') shown.bar?.end();
      shown.bar = from === null ? startProgress(`Downloading ${file}`) : null;
      report(file, from);
    },
  });
  try {
    return { folder: await unlessAborted(signal, coming), ours: true };
  } finally {
    shown.bar?.end();
  }
}

async function convert(
  wishes: PullWishes,
  precision: Precision,
  at: { source: string; target: string; signal: AbortSignal },
): Promise<Manifest> {
  const { id, licence, architecture } = wishes.model;
  const weights = weightsFileOf(wishes.source);
  const file = weights === undefined ? {} : { weights };
  const checkpoint = {
    source: at.source,
    ...file,
    precision,
    architecture,
    id,
    licence,
    licenceText: LICENCES[architecture],
  };
  return convertApart({ kind: 'checkpoint', target: at.target, checkpoint }, `Converting to ${precision}`, at.signal);
}

interface Place {
  readonly source: string;
  readonly draft: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Lets the new model describe a picture or translate a text; with `compare` several, and fp32 as well. */
async function tryOut(
  { compare, precision }: PullWishes,
  manifest: Manifest,
  draft: string,
): Promise<Agreement | null> {
  const both = { exact: path.join(draft, 'fp32'), other: path.join(draft, precision) };
  if (compare) say('Comparing the two …');
  if (manifest.translation !== undefined) {
    const { threads } = readConfig(process.env);
    if (compare) return compareTranslators(both.exact, both.other, threads);
    await translateSamples(both.other, threads, 1);
    return null;
  }
  const question = sampleQuestion(manifest);
  if (compare) return compareFolders(both, path.join(draft, 'pictures'), question);
  await listen(both.other, { files: writeSamplePictures(draft, 1), question });
  return null;
}

/** Everything happens in a draft folder beside the models; only what is whole and checked is moved into its place. */
async function make(wishes: PullWishes, { source, draft, folder, signal }: Place): Promise<Pulled> {
  const { precision } = wishes;
  mkdirSync(draft, { recursive: true });
  const manifest = await convert(wishes, precision, { source, target: path.join(draft, precision), signal });
  if (wishes.compare) await convert(wishes, 'fp32', { source, target: path.join(draft, 'fp32'), signal });
  const agreement = await unlessAborted(signal, tryOut(wishes, manifest, draft));
  mkdirSync(path.dirname(folder), { recursive: true });
  // The folder, or the one around it, may be a link to a larger disk.
  const target = realPath(folder);
  clearDrafts(target);
  takePlace(path.join(draft, precision), target);
  return { folder, agreement };
}

export interface Pulled {
  readonly folder: string;
  /** null where nothing was compared. */
  readonly agreement: Agreement | null;
}

/** Whether a comparison with fp32 is wanted and there is memory for it; writes why where there is not enough. */
function isCompared({ compare, precision, source }: PullWishes): boolean {
  if (!compare || precision === 'fp32') return false;
  const problem = memoryProblem(bytesInFp32(source), process.availableMemory());
  if (problem !== null) say(problem);
  return problem === null;
}

async function pullClaimed(given: PullWishes, pulled: string, at: { draft: string; signal: AbortSignal }) {
  const hub = readHubSettings(process.env);
  const { source: named, from } = given;
  const source = from === null ? await unlessAborted(at.signal, pinSource(named, hub, retrying)) : named;
  const wishes = { ...given, source, compare: isCompared(given) };
  const where = { downloads: downloadsIn(pulled), cache: hub.cache };
  const download = wishes.from === null ? bytesToDownload(wishes.source, where) : 0;
  checkRoom(wishes.model.id, pulled, { ...wishes, download });
  const checkpoint = await obtain(wishes, pulled, hub, at.signal);
  const folder = path.join(pulled, wishes.model.id, wishes.precision);
  const made = await make(wishes, { ...at, source: checkpoint.folder, folder });
  if (checkpoint.ours && !wishes.keep) rmSync(checkpoint.folder, { recursive: true, force: true });
  return made;
}

/**
 * Brings an official checkpoint into `pulled` as a model. Throws ModelError; what was there stays as it is until the new model is
 * whole and has described a picture. Ctrl-C and SIGTERM end it and leave only what was downloaded, from which the next pull goes on.
 */
export function pullModel(wishes: PullWishes, pulled: string): Promise<Pulled> {
  return withFiles(() =>
    interruptible(async (signal) => {
      const { draft, release } = claimPull(pulled, wishes.model.id);
      try {
        return await pullClaimed(wishes, pulled, { draft, signal });
      } finally {
        release();
      }
    }),
  );
}
