import { copyFileSync, existsSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { openCheckpoint } from '../checkpoint/open';
import type { Target } from '../graph/target';
import type { Precision } from '../graph/weights';
import { ExternalData } from '../onnx/external-data';
import { ModelError } from '../model-error';
import type { GraphBuilder } from '../onnx/graph';
import type { Manifest } from './manifest';
import { targetFolder } from './target-folder';
import { writeModelFolder } from './write';

export interface Conversion {
  /** A checkpoint as the hub lays it out. */
  readonly source: string;
  /** The file of weights that was verified; default: whichever is there. */
  readonly weights?: string;
  /** The model folder to write; an existing one is replaced as one act, anything else is left alone. */
  readonly target: string;
  readonly precision: Precision;
  /** Of which architecture the checkpoint has to be; default: of any that is known. */
  readonly architecture?: Manifest['architecture'];
  /** Id and licence of the model; default: the name of the source folder, and "unknown". */
  readonly id?: string;
  readonly licence?: string;
  /** Written as LICENSE.txt beside the graphs; else the checkpoint's own LICENSE file is copied, if it has one. */
  readonly licenceText?: string;
  /** Told the bytes of weights written so far and in all. */
  readonly progress?: (done: number, total: number) => void;
}

/** What a model folder is made of, when its checkpoint has been understood. */
export interface Plan {
  readonly graphs: Readonly<Record<string, (target: Target) => GraphBuilder>>;
  /** Files beside the graphs. */
  readonly texts: Readonly<Record<string, string | Uint8Array>>;
  describe(about: { id: string; licence: string; precision: Precision }): Omit<Manifest, 'files'>;
}

/** What is left of float32 weights at the least; some are not written, such as copies. */
const LEAST_SHARE: Readonly<Record<Precision, number>> = { fp32: 0.7, fp16: 0.35, int8: 0.18, int4: 0.12 };

/** Throws ModelError STORAGE_FULL where a model cannot have room, which would show only after minutes of work. */
function checkRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(existingParent(folder));
  const free = bavail * bsize;
  if (free >= bytes) return;
  const size = (count: number) => (count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.ceil(count / 1e6)} MB`);
  throw new ModelError(
    'STORAGE_FULL',
    `The model takes at least ${size(bytes)} of disk, and ${size(free)} are free for ${folder}. Free some space, or choose a smaller precision.`,
  );
}

function existingParent(folder: string): string {
  return existsSync(folder) ? folder : existingParent(path.dirname(folder));
}

const LICENCE_FILE = 'LICENSE.txt';

function writeLicence(draft: string, { source, licenceText }: Conversion): boolean {
  const target = path.join(draft, LICENCE_FILE);
  const own = ['LICENSE', LICENCE_FILE].map((name) => path.join(source, name)).find((file) => existsSync(file));
  if (licenceText !== undefined) writeFileSync(target, licenceText);
  else if (own !== undefined) copyFileSync(own, target);
  return existsSync(target);
}

function bytesOf(checkpoint: Checkpoint): number {
  let total = 0;
  for (const { type, dims } of checkpoint.tensors.values()) {
    if (type !== 'I64') total += dims.reduce((product, dim) => product * dim, 4);
  }
  return total;
}

function reporter(checkpoint: Checkpoint, told: Conversion['progress']) {
  const total = bytesOf(checkpoint);
  let done = 0;
  return {
    add: (bytes: number) => {
      done += bytes;
      told?.(Math.min(done, total), total);
    },
    end: () => told?.(total, total),
  };
}

function writeGraph(draft: string, name: string, build: (external: ExternalData) => GraphBuilder): void {
  const external = new ExternalData(path.join(draft, `${name}.data`));
  try {
    build(external).write(path.join(draft, `${name}.onnx`));
  } finally {
    external.close();
  }
}

/**
 * Turns a checkpoint into a model folder: graphs, their weights, texts and the manifest. Weights pass through memory one at a
 * time. `understand` reads what else the checkpoint says; `open` is for weights in files of another layout. Throws ModelError
 * when the target holds something that is no model.
 */
export async function writeConversion(
  conversion: Conversion,
  understand: (checkpoint: Checkpoint) => Plan,
  open: () => Checkpoint = () => openCheckpoint(conversion.source, conversion.weights),
): Promise<Manifest> {
  const { source, target, precision } = conversion;
  targetFolder(target, [source]);
  const checkpoint = open();
  try {
    const plan = understand(checkpoint);
    const graphs = Object.entries(plan.graphs);
    const names = [...graphs.flatMap(([name]) => [`${name}.onnx`, `${name}.data`]), ...Object.keys(plan.texts)];
    const progress = reporter(checkpoint, conversion.progress);
    checkRoom(path.resolve(target), bytesOf(checkpoint) * LEAST_SHARE[precision]);
    return await writeModelFolder({
      target,
      sources: [source],
      names,
      fill: (draft) => {
        for (const [name, build] of graphs) {
          writeGraph(draft, name, (external) => build({ precision, external, progress: progress.add }));
        }
        for (const [name, text] of Object.entries(plan.texts)) writeFileSync(path.join(draft, name), text);
        if (writeLicence(draft, conversion)) names.push(LICENCE_FILE);
        progress.end();
        const id = conversion.id ?? path.basename(path.resolve(source));
        const licence = conversion.licence ?? 'unknown: see where the checkpoint came from';
        return Promise.resolve(plan.describe({ id, licence, precision }));
      },
    });
  } finally {
    checkpoint.close();
  }
}
