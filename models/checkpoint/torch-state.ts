import { closeSync } from 'node:fs';
import { CHECKPOINT_TYPES, damaged, type Checkpoint, type CheckpointType, type TensorEntry } from './checkpoint';
import { readRange } from './file-range';
import { isList, PickleDict, PickleGlobal, PickleProblem, type PickleHooks, type PickleValue } from './pickle';

/** The names that a state dict needs, and the only ones that are understood. */
const ORDERED_DICT = 'collections.OrderedDict';
const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
/** A tensor that training changes, saved as such: (tensor, requires_grad, backward_hooks). */
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
const STORAGES: Readonly<Record<string, CheckpointType>> = {
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.DoubleStorage': 'F64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.BoolStorage': 'BOOL',
};
const ALLOWED: ReadonlySet<string> = new Set([
  ORDERED_DICT,
  REBUILD_TENSOR,
  REBUILD_PARAMETER,
  ...Object.keys(STORAGES),
]);
/** Of torch, harmless, and nothing that weights are kept in. */
const UNREAD_STORAGE = /^torch\.\w+Storage$/;
const MAX_RANK = 8;

export class Storage {
  readonly made = 'storage';
  constructor(
    readonly type: CheckpointType,
    readonly key: string,
    readonly elements: number,
  ) {}
}

export class TensorView {
  readonly made = 'tensor';
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly dims: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Persistent id: ('storage', storage type, key, device, number of elements), and in the old layout the part that is meant, or None for all. */
function loadStorage(id: PickleValue): Storage {
  const [kind, type, key, , elements, part = null] = isList(id) ? id : [];
  const storageType = type instanceof PickleGlobal ? STORAGES[type.name] : undefined;
  if (
    kind !== 'storage' ||
    storageType === undefined ||
    typeof key !== 'string' ||
    !isCount(elements) ||
    part !== null
  ) {
    throw new PickleProblem('it refers to data in a way that is not understood');
  }
  return new Storage(storageType, key, elements);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function reduce(global: string, args: readonly PickleValue[]): TensorView | PickleDict {
  if (global === ORDERED_DICT && args.length === 0) return new PickleDict();
  const [storage, offset, dims, strides] = args;
  if (global === REBUILD_PARAMETER && storage instanceof TensorView) return storage;
  if (global !== REBUILD_TENSOR || !(storage instanceof Storage) || !isCount(offset)) {
    throw new PickleProblem(`it uses "${global}" in a way that is not understood`);
  }
  return new TensorView(storage, offset, counts(dims), counts(strides));
}

function counts(value: PickleValue | undefined): number[] {
  const list = value === undefined || !isList(value) ? [] : value.filter(isCount);
  if (value === undefined || !isList(value) || list.length !== value.length || list.length > MAX_RANK) {
    throw new PickleProblem('it has a tensor whose shape is not understood');
  }
  return list;
}

function isContiguous(view: TensorView): boolean {
  if (view.strides.length !== view.dims.length) return false;
  let due = 1;
  for (let axis = view.dims.length - 1; axis >= 0; axis--) {
    const dim = view.dims[axis] ?? 0;
    // The stride of an axis of length one is never used, and torch leaves any number there.
    if (dim !== 1 && view.strides[axis] !== due) return false;
    due *= dim;
  }
  return true;
}

/** What the pickle of a state dict may name. */
export const STATE_DICT: PickleHooks = { allowed: ALLOWED, unread: UNREAD_STORAGE, load: loadStorage, reduce };

/** Where a file has the bytes of a storage. */
export interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

/** Where it has those of a tensor. */
export interface Place extends TensorEntry {
  readonly begin: number;
  readonly bytes: number;
}

function placeOf(name: string, view: TensorView, extent: Extent): Place {
  const elementBytes = CHECKPOINT_TYPES[view.storage.type];
  if (extent.bytes !== view.storage.elements * elementBytes) {
    throw new PickleProblem(`the data of "${name}" does not have the length it claims`);
  }
  if (!isContiguous(view)) throw new PickleProblem(`the weight "${name}" is not stored row by row`);
  const bytes = view.dims.reduce((product, dim) => product * dim, elementBytes);
  const begin = view.offset * elementBytes;
  if (begin + bytes > extent.bytes) throw new PickleProblem(`the weight "${name}" reaches beyond its data`);
  return { type: view.storage.type, dims: view.dims, begin: extent.offset + begin, bytes };
}

/** The tensors that a state dict names, and where they lie. Throws PickleProblem. */
export function placesOf(root: PickleValue, extentOf: (storage: Storage) => Extent): Map<string, Place> {
  if (!(root instanceof PickleDict)) throw new PickleProblem('it does not hold a dictionary of tensors');
  const places = new Map<string, Place>();
  for (const [name, view] of root) {
    if (!(view instanceof TensorView)) throw new PickleProblem(`its entry "${name}" is not a tensor`);
    places.set(name, placeOf(name, view, extentOf(view.storage)));
  }
  return places;
}

/** Reads tensors by their places; closes the file with the checkpoint. */
export function readerOf(file: string, handle: number, places: ReadonlyMap<string, Place>): Checkpoint {
  return {
    tensors: places,
    metadata: {},
    read: (name, part) => {
      const place = places.get(name);
      if (place === undefined) throw damaged(file, `it has no weight "${name}"`);
      const { begin, bytes: length } = part ?? { begin: 0, bytes: place.bytes };
      const bytes = readRange(handle, length, place.begin + begin);
      if (bytes === null) throw damaged(file, `the weight "${name}" is cut`);
      return bytes;
    },
    close: () => closeSync(handle),
  };
}

/** A problem of its pickle as the error of a file; anything else as it is. */
export function inFile(error: unknown, file: string): unknown {
  return error instanceof PickleProblem ? damaged(file, error.message, error.advice) : error;
}
