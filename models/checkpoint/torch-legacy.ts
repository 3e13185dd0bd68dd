import { closeSync, fstatSync, openSync } from 'node:fs';
import { CHECKPOINT_TYPES, type Checkpoint } from './checkpoint';
import { readRange } from './file-range';
import { isList, PickleDict, PickleProblem, readPickle, type PickleValue } from './pickle';
import { inFile, placesOf, readerOf, STATE_DICT, type Extent, type Place, type Storage } from './torch-state';

/** torch.save until version 1.5 (torch/serialization.py, _legacy_save): the pickle of 0x1950a86a20f9469cfc6c. */
const MAGIC = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
const PROTOCOL = 1001;
/** Pickles stand in front of the data; those of 300 tensors take 60 kB. */
const MOST_PICKLES = 25_000_000;
const LENGTH_BYTES = 8;

/** True for a file that begins as torch.save wrote it until version 1.5. */
export function startsLikeLegacy(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    return readRange(handle, MAGIC.length, 0)?.equals(MAGIC) === true;
  } finally {
    closeSync(handle);
  }
}

interface Pickles {
  readonly state: PickleValue;
  /** Names of the storages in the order of their data. */
  readonly keys: readonly PickleValue[];
  readonly end: number;
}

/** Five pickles one after the other: magic number, protocol, system, state dict, names of the storages. */
function readPickles(head: Buffer): Pickles {
  const protocol = readPickle(head, STATE_DICT, MAGIC.length);
  if (protocol.value !== PROTOCOL) throw new PickleProblem('its layout has another number than 1001');
  const system = readPickle(head, STATE_DICT, protocol.end);
  const isLittle = system.value instanceof PickleDict && system.value.get('little_endian') === true;
  if (!isLittle) throw new PickleProblem('its numbers are big-endian');
  const state = readPickle(head, STATE_DICT, system.end);
  const keys = readPickle(head, STATE_DICT, state.end);
  if (!isList(keys.value)) throw new PickleProblem('it does not name its data');
  return { state: state.value, keys: keys.value, end: keys.end };
}

class LegacyFile {
  private readonly storages = new Map<string, Storage>();

  constructor(
    private readonly handle: number,
    private readonly bytes: number,
  ) {}

  places(): Map<string, Place> {
    const head = readRange(this.handle, Math.min(this.bytes, MOST_PICKLES), 0);
    if (head === null) throw new PickleProblem('it is cut');
    const { state, keys, end } = readPickles(head);
    // First which storages there are, since only they know how long the data of each is.
    placesOf(state, (storage) => {
      this.storages.set(storage.key, storage);
      return { offset: 0, bytes: storage.elements * CHECKPOINT_TYPES[storage.type] };
    });
    const extents = this.extents(keys, end);
    return placesOf(state, ({ key }) => {
      const extent = extents.get(key);
      if (extent === undefined) throw new PickleProblem(`it has no data called "${key}"`);
      return extent;
    });
  }

  private extents(keys: readonly PickleValue[], begin: number): Map<string, Extent> {
    const extents = new Map<string, Extent>();
    let at = begin;
    for (const key of keys) {
      const storage = typeof key === 'string' ? this.storages.get(key) : undefined;
      if (storage === undefined || extents.has(storage.key))
        throw new PickleProblem('it names data that no tensor has');
      const length = readRange(this.handle, LENGTH_BYTES, at)?.readBigUInt64LE();
      if (length !== BigInt(storage.elements))
        throw new PickleProblem('it is cut, or its data is not as long as it claims');
      const extent = { offset: at + LENGTH_BYTES, bytes: storage.elements * CHECKPOINT_TYPES[storage.type] };
      extents.set(storage.key, extent);
      at = extent.offset + extent.bytes;
    }
    if (at > this.bytes) throw new PickleProblem('it is cut');
    return extents;
  }
}

/**
 * Opens a pytorch_model.bin in the layout of torch before 1.6; only its pickles are read, and nothing in them is run. Throws ModelError
 * MODEL_FILE_DAMAGED when the file is not sound.
 */
export function openTorchLegacy(file: string): Checkpoint {
  const handle = openSync(file, 'r');
  try {
    return readerOf(file, handle, new LegacyFile(handle, fstatSync(handle).size).places());
  } catch (error) {
    closeSync(handle);
    throw inFile(error, file);
  }
}
