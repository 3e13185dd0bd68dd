/** A class or function that the pickle names. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What a persistent id or an allowed global made. */
export interface PickleObject {
  readonly made: string;
}

export type PickleValue =
  string | number | boolean | null | PickleGlobal | PickleObject | PickleDict | readonly PickleValue[];
export class PickleDict extends Map<string, PickleValue> {}

/** What is wrong with a pickle, in words that follow "cannot be read:". */
export class PickleProblem extends Error {
  override readonly name = 'PickleProblem';

  constructor(
    message: string,
    /** What to do, where it is not to download the file again. */
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** The outside of the machine: what the allowed names mean. */
export interface PickleHooks {
  /** Names "module.attribute" that may occur. Anything else is refused by name, and nothing is ever called. */
  readonly allowed: ReadonlySet<string>;
  /** Names of data of a kind that is not read: refused in other words, since nothing is wrong with them. */
  readonly unread: RegExp;
  /** Makes the object of a persistent id. */
  load(id: PickleValue): PickleObject;
  /** Does what calling an allowed global would do. */
  reduce(global: string, args: readonly PickleValue[]): PickleObject | PickleDict;
}

/**
 * Reads the subset of Python's pickle that torch.save writes for a state dict (protocol 2, Lib/pickletools.py). It is
 * a reader of data, not a machine that runs code: there is no import, no call and no attribute access.
 */
class PickleMachine {
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly bytes: Buffer,
    private readonly hooks: PickleHooks,
    private at: number,
  ) {}

  /** Where the pickle ends, once it has run. */
  get end(): number {
    return this.at;
  }

  run(): PickleValue {
    for (;;) {
      const code = this.take(1).readUInt8();
      if (code === STOP) return this.pop();
      const operation = OPERATIONS.get(code);
      if (operation === undefined) throw new PickleProblem(`its pickle has the unknown instruction ${code}`);
      operation(this);
    }
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new PickleProblem('its pickle is cut');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new PickleProblem('its pickle is cut');
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || this.stack.length < (this.marks.at(-1) ?? 0)) {
      throw new PickleProblem('its pickle takes more than it has');
    }
    return value;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  popToMark(): PickleValue[] {
    const start = this.marks.pop();
    if (start === undefined) throw new PickleProblem('its pickle takes more than it has');
    return this.stack.splice(start);
  }

  remember(slot: number): void {
    const value = this.pop();
    this.memo.set(slot, value);
    this.push(value);
  }

  recall(slot: number): void {
    const value = this.memo.get(slot);
    if (value === undefined) throw new PickleProblem('its pickle refers to something it has not made');
    this.push(value);
  }

  global(): void {
    const name = `${this.line()}.${this.line()}`;
    if (!this.hooks.allowed.has(name) && this.hooks.unread.test(name)) {
      throw new PickleProblem(
        `it holds "${name}", a kind of number that is not read`,
        'Save it in float32, float16 or bfloat16.',
      );
    }
    if (!this.hooks.allowed.has(name)) {
      throw new PickleProblem(
        `it wants to run "${name}", which a file of weights has no need for`,
        'Nothing of it was run. Take the same model as model.safetensors, from somebody you trust.',
      );
    }
    this.push(new PickleGlobal(name));
  }

  reduce(): void {
    const args = this.pop();
    const global = this.pop();
    if (!(global instanceof PickleGlobal) || !isList(args))
      throw new PickleProblem('its pickle calls what is no function');
    this.push(this.hooks.reduce(global.name, args));
  }

  persistent(): void {
    this.push(this.hooks.load(this.pop()));
  }

  /** The state of an OrderedDict is `_metadata`, version numbers of modules; nothing we need. */
  build(): void {
    this.pop();
    if (!(this.stack.at(-1) instanceof PickleDict)) throw new PickleProblem('its pickle sets the state of an object');
  }

  append(items: readonly PickleValue[]): void {
    const list = this.pop();
    if (!isList(list)) throw new PickleProblem('its pickle lengthens what is no list');
    this.push([...list, ...items]);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.stack.at(-1);
    if (!(dict instanceof PickleDict)) throw new PickleProblem('its pickle fills what is no dictionary');
    for (let index = 0; index + 1 < items.length; index += 2) {
      const [key, value = null] = items.slice(index, index + 2);
      if (typeof key !== 'string') throw new PickleProblem('it has an entry whose name is no text');
      if (dict.has(key)) throw new PickleProblem(`it has two entries called "${key}"`);
      dict.set(key, value);
    }
  }
}

/** True for a tuple or list. */
export function isList(value: PickleValue): value is readonly PickleValue[] {
  return Array.isArray(value);
}

function long(bytes: Buffer): number {
  if (bytes.length > 8) throw new PickleProblem('its pickle holds a number of more than 64 bits');
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return Number(BigInt.asIntN(bytes.length * 8, value));
}

const STOP = 0x2e;
const OPERATIONS: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map([
  [0x80, (m) => void m.take(1)], // PROTO
  [0x28, (m) => m.mark()], // MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.take(4).readInt32LE())], // BININT
  [0x4b, (m) => m.push(m.take(1).readUInt8())], // BININT1
  [0x4d, (m) => m.push(m.take(2).readUInt16LE())], // BININT2
  [0x8a, (m) => m.push(long(m.take(m.take(1).readUInt8())))], // LONG1
  [0x47, (m) => m.push(m.take(8).readDoubleBE())], // BINFLOAT
  [0x58, (m) => m.push(m.take(m.take(4).readUInt32LE()).toString('utf8'))], // BINUNICODE
  [0x7d, (m) => m.push(new PickleDict())], // EMPTY_DICT
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x85, (m) => m.push([m.pop()])], // TUPLE1
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())], // TUPLE2
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())], // TUPLE3
  [0x74, (m) => m.push(m.popToMark())], // TUPLE
  [0x71, (m) => m.remember(m.take(1).readUInt8())], // BINPUT
  [0x72, (m) => m.remember(m.take(4).readUInt32LE())], // LONG_BINPUT
  [0x68, (m) => m.recall(m.take(1).readUInt8())], // BINGET
  [0x6a, (m) => m.recall(m.take(4).readUInt32LE())], // LONG_BINGET
  [0x63, (m) => m.global()], // GLOBAL
  [0x51, (m) => m.persistent()], // BINPERSID
  [0x52, (m) => m.reduce()], // REDUCE
  [0x62, (m) => m.build()], // BUILD
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popToMark())], // APPENDS
  [0x73, (m) => m.setItems([m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => m.setItems(m.popToMark())], // SETITEMS
]);

/** The value that the pickle from `begin` on stands for, and where it ends. Throws PickleProblem; runs nothing. */
export function readPickle(bytes: Buffer, hooks: PickleHooks, begin = 0): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, hooks, begin);
  return { value: machine.run(), end: machine.end };
}
