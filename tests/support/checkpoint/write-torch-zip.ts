import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { elementsOf, type WeightSource, type WeightSpec } from './weights';

/** Instructions of pickle protocol 2 as torch.save writes them (Lib/pickletools.py). */
export class PickleWriter {
  private readonly parts: Buffer[] = [Buffer.from([0x80, 2])];
  private slots = 0;

  op(...bytes: number[]): this {
    this.parts.push(Buffer.from(bytes));
    return this;
  }

  /** BINPUT or LONG_BINPUT into the next slot. */
  put(): this {
    const slot = this.slots++;
    if (slot < 256) return this.op(0x71, slot);
    const bytes = Buffer.alloc(5, 0x72);
    bytes.writeUInt32LE(slot, 1);
    this.parts.push(bytes);
    return this;
  }

  global(module: string, name: string): this {
    this.parts.push(Buffer.from(`c${module}\n${name}\n`));
    return this.put();
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5, 0x58);
    head.writeUInt32LE(bytes.length, 1);
    this.parts.push(head, bytes);
    return this.put();
  }

  int(value: number): this {
    if (value < 256) return this.op(0x4b, value);
    if (value < 65_536) return this.op(0x4d, value & 255, value >> 8);
    const bytes = Buffer.alloc(5, 0x4a);
    bytes.writeInt32LE(value, 1);
    this.parts.push(bytes);
    return this;
  }

  ints(values: readonly number[]): this {
    if (values.length === 0) return this.op(0x29);
    if (values.length > 3) this.op(0x28);
    for (const value of values) this.int(value);
    const tuple = { 1: 0x85, 2: 0x86, 3: 0x87 }[values.length] ?? 0x74;
    return this.op(tuple).put();
  }

  finish(): Buffer {
    return Buffer.concat([...this.parts, Buffer.from([0x2e])]);
  }
}

/** What a test may twist to get a hostile file. */
export interface TensorTwist {
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly storage?: string;
  /** Saved as a parameter, as `torch.save(dict(model.named_parameters()))` does. */
  readonly parameter?: boolean;
}

function strides(dims: readonly number[]): number[] {
  return dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));
}

function tensor(pickle: PickleWriter, spec: WeightSpec, key: number, twist: TensorTwist): void {
  pickle.text(spec.name);
  if (twist.parameter === true) pickle.global('torch._utils', '_rebuild_parameter').op(0x28);
  pickle.global('torch._utils', '_rebuild_tensor_v2').op(0x28);
  pickle.op(0x28).text('storage');
  const storage = twist.storage ?? (spec.type === 'F32' ? 'FloatStorage' : 'LongStorage');
  pickle.global('torch', storage).text(String(key)).text('cpu').int(elementsOf(spec)).op(0x74).put().op(0x51);
  pickle
    .int(twist.offset ?? 0)
    .ints(spec.dims)
    .ints(twist.strides ?? strides(spec.dims));
  const noHooks = () => pickle.global('collections', 'OrderedDict').op(0x29, 0x52).put();
  pickle.op(0x89);
  noHooks().op(0x74).put().op(0x52).put();
  if (twist.parameter !== true) return;
  pickle.op(0x88);
  noHooks().op(0x74).put().op(0x52).put();
}

/** The pickle of a state dict: an OrderedDict of tensors, with `_metadata` as its state. */
export function stateDictPickle(source: WeightSource, twists: Readonly<Record<string, TensorTwist>> = {}): Buffer {
  const pickle = new PickleWriter().global('collections', 'OrderedDict').op(0x29, 0x52).put().op(0x28);
  source.specs.forEach((spec, key) => tensor(pickle, spec, key, twists[spec.name] ?? {}));
  pickle.op(0x75, 0x7d).put().text('_metadata').global('collections', 'OrderedDict').op(0x29, 0x52).put();
  return pickle.op(0x28).text('').op(0x7d).put().text('version').int(1).op(0x73, 0x75, 0x73, 0x62).finish();
}

interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const ALIGNMENT = 64;

function header(member: Member, at: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(member.name);
  // torch pads with an extra field "FB" so that tensors begin on multiples of 64 bytes.
  const begin = at + 30 + name.length + 4;
  const padding = Buffer.alloc(4 + ((ALIGNMENT - (begin % ALIGNMENT)) % ALIGNMENT), 0x5a);
  padding.write('FB', 0, 'latin1');
  padding.writeUInt16LE(padding.length - 4, 2);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(0, 0);
  fields.writeUInt32LE(crc32(member.bytes), 10);
  fields.writeUInt32LE(member.bytes.length, 14);
  fields.writeUInt32LE(member.bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  fields.copy(central, 6, 0, 24);
  central.writeUInt32LE(at, 42);
  fields.writeUInt16LE(padding.length, 24);
  const signature = Buffer.from([0x50, 0x4b, 3, 4]);
  return { local: Buffer.concat([signature, fields, name, padding]), central: Buffer.concat([central, name]) };
}

/** Writes an uncompressed ZIP archive, member by member, aligned as torch.save does. */
export function writeZip(file: string, members: Iterable<Member>): void {
  const handle = openSync(file, 'w');
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const { local, central } = header(member, at);
    directory.push(central);
    at += writeSync(handle, local) + writeSync(handle, member.bytes);
  }
  const joined = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(joined.length, 12);
  end.writeUInt32LE(at, 16);
  writeSync(handle, joined);
  writeSync(handle, end);
  closeSync(handle);
}

function* members(source: WeightSource, pickle: Buffer): Generator<Member> {
  yield { name: 'archive/data.pkl', bytes: pickle };
  yield { name: 'archive/byteorder', bytes: Buffer.from('little') };
  for (const [key, spec] of source.specs.entries()) yield { name: `archive/data/${key}`, bytes: source.bytes(spec) };
  yield { name: 'archive/version', bytes: Buffer.from('3\n') };
}

/** Writes a pytorch_model.bin in the ZIP layout of torch.save. */
export function writeTorchZip(file: string, source: WeightSource, pickle = stateDictPickle(source)): void {
  writeZip(file, members(source, pickle));
}
