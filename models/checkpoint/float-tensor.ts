import { ModelError } from '../model-error';
import { fromFloat16 } from '../precision/float16';
import { CHECKPOINT_TYPES, type Checkpoint, type CheckpointType, type TensorEntry } from './checkpoint';

/** Memory of the bytes from its start, as typed arrays need it. The readers' own bytes are there already: no copy. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && bytes.length === buffer.byteLength) return buffer;
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const words = Uint32Array.from(halves, (half) => half * 65_536);
  return new Float32Array(words.buffer);
}

/** A run of training that diverged leaves such weights; rounding would make zeros of them without a word. */
function checkFinite(values: Float32Array, name: string): Float32Array {
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index] ?? NaN) < Infinity) continue;
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `The weight "${name}" holds ${values[index]} at place ${index}; the checkpoint is damaged, or its training failed.`,
    );
  }
  return values;
}

/** Some rows of a weight: from `begin` up to but not `end`, counted along its first axis. */
export interface RowRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * One weight as float32, row by row, or some rows of it. Throws ModelError when it is missing, has another shape than the model's
 * architecture says, or does not hold finite numbers.
 */
export function readFloats(
  checkpoint: Checkpoint,
  name: string,
  dims: readonly number[],
  rows?: RowRange,
): Float32Array {
  return checkFinite(toFloats(checkpoint, name, dims, rows), name);
}

function partOf({ type, dims }: TensorEntry, { begin, end }: RowRange): { begin: number; bytes: number } {
  const rowBytes = dims.slice(1).reduce((product, dim) => product * dim, CHECKPOINT_TYPES[type]);
  return { begin: begin * rowBytes, bytes: (end - begin) * rowBytes };
}

/** How weights of each type become float32. */
const READERS: Readonly<Partial<Record<CheckpointType, (memory: ArrayBuffer) => Float32Array>>> = {
  F64: (memory) => Float32Array.from(new Float64Array(memory)),
  F32: (memory) => new Float32Array(memory),
  F16: (memory) => fromFloat16(new Uint16Array(memory)),
  BF16: (memory) => fromBfloat16(new Uint16Array(memory)),
};

/** A wrapper around a model that was saved with it puts a word in front of all names; an adapter that was not merged, one into them. */
export function missingWeight({ tensors }: Checkpoint, name: string): ModelError {
  const names = [...tensors.keys()];
  const wrapped = names.find((stored) => stored.endsWith(`.${name}`));
  const adapted = names.find((stored) => stored === name.replace(/\.(\w+)$/, '.base_layer.$1'));
  let reason = 'is it the right model?';
  if (wrapped !== undefined) {
    const prefix = wrapped.slice(0, -name.length);
    reason = `it has "${wrapped}": save the model that the wrapper "${prefix}" holds, not the wrapper.`;
  }
  if (adapted !== undefined)
    reason = `it has "${adapted}": merge its adapter with merge_and_unload() of PEFT, and save that.`;
  return new ModelError('MODEL_FILE_DAMAGED', `The checkpoint has no weight called "${name}"; ${reason}`);
}

function toFloats(
  checkpoint: Checkpoint,
  name: string,
  dims: readonly number[],
  rows: RowRange | undefined,
): Float32Array {
  const entry = checkpoint.tensors.get(name);
  if (entry === undefined) throw missingWeight(checkpoint, name);
  const read = READERS[entry.type];
  if (read === undefined) {
    const advice =
      'A quantised model is converted after dequantize() of transformers, or from the model it was made of.';
    const problem = `The weight "${name}" holds ${entry.type}, not floating-point numbers of 16 bits or more.`;
    throw new ModelError('MODEL_FILE_DAMAGED', `${problem} ${advice}`);
  }
  if (entry.dims.join() !== dims.join()) {
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `The weight "${name}" is ${entry.dims.join('x')} where ${dims.join('x')} is due; is it the right model?`,
    );
  }
  return read(aligned(checkpoint.read(name, rows === undefined ? undefined : partOf(entry, rows))));
}
