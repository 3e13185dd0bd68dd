import type { Picture } from '../../../models/captioner';
import { elementsOf, type WeightSource, type WeightSpec } from './weights';

// Weights and pictures from a seed, number for number the same as tests/oracle/seeded.py.

// Looked up once: in jest's realm every use of a global is slow.
const { imul } = Math;

function fnv1a(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(text)) state = imul(state ^ byte, 0x01000193);
  return state >>> 0;
}

/** murmur3's finaliser over a counter. */
function hashAt(start: number, index: number): number {
  let x = (imul(index, 0x9e3779b1) + start) | 0;
  x = imul(x ^ (x >>> 16), 0x85ebca6b);
  x = imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The first `count` hashes of a name. */
export function hashes(name: string, count: number): number[] {
  const start = fnv1a(name);
  return Array.from({ length: count }, (_, index) => hashAt(start, index));
}

/** Half-width and centre of a weight's uniform distribution; keeps activations near one in any width. */
function amplitude(name: string, dims: readonly number[]): { half: number; centre: number } {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  const last = dims.at(-1) ?? 1;
  if (name.toLowerCase().includes('norm')) {
    return leaf === 'weight' ? { half: 0.3, centre: 1 } : { half: 0.2, centre: 0 };
  }
  if (leaf === 'bias') return { half: 0.1, centre: 0 };
  if (leaf === 'class_embedding' || leaf === 'position_embedding') return { half: 1, centre: 0 };
  if (name.includes('word_embeddings') || name.endsWith('predictions.decoder.weight')) {
    return { half: 4 / last ** 0.5, centre: 0 };
  }
  if (name.includes('position_embeddings')) return { half: 7 / last ** 0.5, centre: 0 };
  const fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1);
  // Weaker attention keeps a sentence from saying one word for ever.
  const isWeak = name.includes('attention') && !name.includes('.query.') && !name.includes('.key.');
  return { half: (3 ** 0.5 * (isWeak ? 0.8 : 1.6)) / fanIn ** 0.5, centre: 0 };
}

export function seededWeight(seed: number, spec: WeightSpec, spread = amplitude): Float32Array {
  const { half, centre } = spread(spec.name, spec.dims);
  const start = fnv1a(`${seed}/${spec.name}`);
  const values = new Float32Array(elementsOf(spec));
  for (let index = 0; index < values.length; index++) {
    values[index] = ((hashAt(start, index) >>> 8) / 2 ** 23 - 1) * half + centre;
  }
  return values;
}

export interface SeededOptions {
  readonly seed: number;
  /** Stored as another tensor's numbers, as tied weights are. */
  readonly same?: Readonly<Record<string, string>>;
  /** Added to one element of a tensor: makes the end token likely enough. */
  readonly nudge?: { readonly name: string; readonly index: number; readonly by: number };
}

/** Every weight from the seed and its own name; int64 tensors count from zero, as `position_ids` does. */
export function seededSource(specs: readonly WeightSpec[], options: SeededOptions): WeightSource {
  return {
    specs,
    bytes: (spec) => {
      if (spec.type === 'I64') {
        return new Uint8Array(BigInt64Array.from({ length: elementsOf(spec) }, (_, index) => BigInt(index)).buffer);
      }
      const values = seededWeight(options.seed, { ...spec, name: options.same?.[spec.name] ?? spec.name });
      const { nudge } = options;
      if (nudge?.name === spec.name) values[nudge.index] = Math.fround((values[nudge.index] ?? 0) + nudge.by);
      return new Uint8Array(values.buffer);
    },
  };
}

/** A colour gradient that wraps, under noise. */
export function seededPicture(seed: number, width: number, height: number): Picture {
  const start = fnv1a(`picture/${seed}`);
  const rules = Array.from({ length: 9 }, (_, index) => hashAt(start, index));
  const slopes = rules.map((rule) => (rule % 7) + 1);
  const noise = fnv1a(`noise/${seed}`);
  const data = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const slope = x * (slopes[3 + c] ?? 0) + y * (slopes[6 + c] ?? 0);
        data[at] = ((rules[c] ?? 0) + slope + (hashAt(noise, at) >>> 26)) & 255;
        at++;
      }
    }
  }
  return { data, width, height };
}
