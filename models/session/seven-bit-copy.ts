import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Manifest } from '../model-folder/manifest';
import { readGraph, type Place, type StoredGraph } from '../onnx/read-graph';
import { DATA_TYPES } from '../onnx/tensor';
import { ownedEntries, ownedName } from '../owned-name';
import { SCALE_GROWTH, toSevenBits } from '../precision/seven-bits';

const STEM = 'altsmith-seven-bits';
const PIECE_BYTES = 1 << 20;
/** Places of a weight and of its scale among the inputs of the product that our graphs have. */
const [PRODUCT, WEIGHT, SCALE] = ['MatMulIntegerToFloat', 1, 3] as const;
/** Where 7-bit weights are the faster way on a CPU whose sums overflow (docs/benchmarks.md). BLIP-2 is packed ahead as it is. */
const FASTER: readonly Manifest['architecture'][] = ['blip', 'florence-2'];

/** Applies `change` to a weight, a piece at a time. Pieces hold whole numbers of 4 bytes. */
function rewrite(file: string, { offset, length }: Place, change: (bytes: Buffer) => void): void {
  const handle = openSync(file, 'r+');
  try {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, length));
    for (let done = 0; done < length;) {
      const bytes = piece.subarray(0, readSync(handle, piece, 0, Math.min(piece.length, length - done), offset + done));
      if (bytes.length === 0) throw new Error(`${file} ends too early.`);
      change(bytes);
      writeSync(handle, bytes, 0, bytes.length, offset + done);
      done += bytes.length;
    }
  } finally {
    closeSync(handle);
  }
}

function grow(bytes: Buffer): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeFloatLE(bytes.readFloatLE(at) * SCALE_GROWTH, at);
}

/** Weights of products of bytes with their scales. Throws Error where bytes are multiplied in another way than ours. */
function productsOf({ nodes, weights }: StoredGraph): { weight: Place; scale: Place }[] {
  const found: { weight: Place; scale: Place }[] = [];
  for (const { type, inputs } of nodes) {
    const held = inputs.filter((name) => weights.get(name)?.type === DATA_TYPES.int8.onnx);
    // Rows of a table are looked up and multiplied as floats.
    if (held.length === 0 || type === 'Gather') continue;
    const [weight, scale] = [weights.get(inputs[WEIGHT] ?? ''), weights.get(inputs[SCALE] ?? '')];
    if (type !== PRODUCT || held.length > 1 || weight === undefined || scale === undefined) {
      throw new Error(`its ${type} is not known.`);
    }
    found.push({ weight: weight.place, scale: scale.place });
  }
  return found;
}

/** One graph and the files of its weights, into `target`. */
function copyGraph(source: string, target: string, name: string): void {
  const bytes = readFileSync(path.join(source, name));
  const graph = readGraph(bytes);
  const products = productsOf(graph);
  writeFileSync(path.join(target, name), bytes);
  for (const file of new Set([...graph.weights.values()].map(({ place }) => place.file))) {
    if (file !== '') copyFileSync(path.join(source, file), path.join(target, file));
  }
  const fileOf = ({ file }: Place) => path.join(target, file === '' ? name : file);
  for (const { weight, scale } of products) {
    rewrite(fileOf(weight), weight, toSevenBits);
    rewrite(fileOf(scale), scale, grow);
  }
}

/**
 * A copy of a model's graphs with 7-bit weights, for a CPU on which sums of 8-bit products overflow: its usual product is right then,
 * and a fifth to a third faster than the exact one of 8-bit weights. It lies in the temporary folder while the graphs are loaded.
 */
export class SevenBitCopy {
  private constructor(readonly folder: string) {}

  /** null for models that are as fast with exact products, and where the copy cannot be made, which is written to standard error. */
  static make(source: string, manifest: Manifest, graphs: readonly string[], parent = tmpdir()): SevenBitCopy | null {
    if (!FASTER.includes(manifest.architecture) || !manifest.session.eight_bit_weights) return null;
    const copy = new SevenBitCopy(path.join(parent, ownedName(STEM)));
    try {
      for (const { path: left, stem, isInUse } of ownedEntries(parent)) {
        if (stem === STEM && !isInUse) rmSync(left, { recursive: true, force: true });
      }
      mkdirSync(copy.folder, { mode: 0o700 });
      for (const name of graphs) copyGraph(source, copy.folder, name);
      return copy;
    } catch (error) {
      copy.remove();
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${manifest.id} takes slower products, since its weights cannot be made 7-bit: ${reason}\n`);
      return null;
    }
  }

  /** To be called when the graphs are loaded. What Windows keeps open is removed when the next copy is made. */
  remove(): void {
    try {
      rmSync(this.folder, { recursive: true, force: true });
    } catch {
      // It is found by its name later.
    }
  }
}
