import { closeSync, fstatSync, openSync } from 'node:fs';
import { CHECKPOINT_TYPES, damaged, type Checkpoint, type CheckpointType, type TensorEntry } from './checkpoint';
import { readRange } from './file-range';
import { isList, PickleDict, PickleGlobal, PickleProblem, readPickle, type PickleValue } from './pickle';
import { readZipDirectory, ZipProblem, type ZipMember } from './zip-directory';

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
/** The pickle of the large model is 200 kB. */
const MAX_PICKLE_BYTES = 25_000_000;

class Storage {
  readonly made = 'storage';
  constructor(
    readonly type: CheckpointType,
    readonly key: string,
    readonly elements: number,
  ) {}
}

class TensorView {
  readonly made = 'tensor';
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly dims: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Persistent id: ('storage', storage type, key, device, number of elements). */
function loadStorage(id: PickleValue): Storage {
  const [kind, type, key, , elements] = isList(id) ? id : [];
  const storageType = type instanceof PickleGlobal ? STORAGES[type.name] : undefined;
  if (kind !== 'storage' || storageType === undefined || typeof key !== 'string' || !isCount(elements)) {
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

interface Place extends TensorEntry {
  readonly begin: number;
  readonly bytes: number;
}

class TorchArchive {
  private readonly members: ReadonlyMap<string, () => ZipMember>;
  private readonly prefix: string;

  constructor(
    private readonly handle: number,
    fileBytes: number,
  ) {
    this.members = readZipDirectory(handle, fileBytes);
    const pickle = [...this.members.keys()].find((name) => name.endsWith('/data.pkl'));
    if (pickle === undefined) throw new ZipProblem('it is a ZIP archive, but not one that torch.save wrote');
    this.prefix = pickle.slice(0, -'data.pkl'.length);
  }

  places(): Map<string, Place> {
    const order = this.members.has(`${this.prefix}byteorder`) ? this.bytes('byteorder').toString('latin1') : 'little';
    if (order !== 'little') throw new ZipProblem('its numbers are big-endian');
    const root = readPickle(this.bytes('data.pkl'), {
      allowed: ALLOWED,
      unread: UNREAD_STORAGE,
      load: loadStorage,
      reduce,
    });
    if (!(root instanceof PickleDict)) throw new PickleProblem('it does not hold a dictionary of tensors');
    const places = new Map<string, Place>();
    for (const [name, view] of root) {
      if (!(view instanceof TensorView)) throw new PickleProblem(`its entry "${name}" is not a tensor`);
      places.set(name, this.place(name, view));
    }
    return places;
  }

  private bytes(name: string): Buffer {
    const member = this.member(name);
    if (member.bytes > MAX_PICKLE_BYTES) throw new ZipProblem(`its member "${name}" is far too large`);
    const bytes = readRange(this.handle, member.bytes, member.offset);
    if (bytes === null) throw new ZipProblem(`its member "${name}" is cut`);
    return bytes;
  }

  private member(name: string): ZipMember {
    const locate = this.members.get(this.prefix + name);
    if (locate === undefined) throw new ZipProblem(`it has no member "${name}"`);
    return locate();
  }

  private place(name: string, view: TensorView): Place {
    const elementBytes = CHECKPOINT_TYPES[view.storage.type];
    const member = this.member(`data/${view.storage.key}`);
    if (member.bytes !== view.storage.elements * elementBytes) {
      throw new ZipProblem(`the data of "${name}" does not have the length it claims`);
    }
    if (!isContiguous(view)) throw new ZipProblem(`the weight "${name}" is not stored row by row`);
    const bytes = view.dims.reduce((product, dim) => product * dim, elementBytes);
    const begin = view.offset * elementBytes;
    if (begin + bytes > member.bytes) throw new ZipProblem(`the weight "${name}" reaches beyond its data`);
    return { type: view.storage.type, dims: view.dims, begin: member.offset + begin, bytes };
  }
}

/**
 * Opens a pytorch_model.bin in the ZIP layout of torch.save; only its directory and pickle are read, and nothing in
 * the pickle is run. Throws ModelError MODEL_FILE_DAMAGED when the file is not sound.
 */
export function openTorchZip(file: string): Checkpoint {
  const handle = openSync(file, 'r');
  try {
    const places = new TorchArchive(handle, fstatSync(handle).size).places();
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
  } catch (error) {
    closeSync(handle);
    if (error instanceof PickleProblem) throw damaged(file, error.message, error.advice);
    if (error instanceof ZipProblem) throw damaged(file, error.message);
    throw error;
  }
}
