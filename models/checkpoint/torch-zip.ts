import { closeSync, fstatSync, openSync } from 'node:fs';
import { damaged, type Checkpoint } from './checkpoint';
import { readRange } from './file-range';
import { readPickle } from './pickle';
import { inFile, placesOf, readerOf, STATE_DICT, type Place } from './torch-state';
import { readZipDirectory, ZipProblem, type ZipMember } from './zip-directory';

/** The pickle of the large model is 200 kB. */
const MAX_PICKLE_BYTES = 25_000_000;

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
    return placesOf(readPickle(this.bytes('data.pkl'), STATE_DICT).value, ({ key }) => this.member(`data/${key}`));
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
}

/**
 * Opens a pytorch_model.bin in the ZIP layout of torch.save; only its directory and pickle are read, and nothing in
 * the pickle is run. Throws ModelError MODEL_FILE_DAMAGED when the file is not sound.
 */
export function openTorchZip(file: string): Checkpoint {
  const handle = openSync(file, 'r');
  try {
    return readerOf(file, handle, new TorchArchive(handle, fstatSync(handle).size).places());
  } catch (error) {
    closeSync(handle);
    throw error instanceof ZipProblem ? damaged(file, error.message) : inFile(error, file);
  }
}
