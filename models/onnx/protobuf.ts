/** Wire types of protocol buffers: https://protobuf.dev/programming-guides/encoding/ */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  // Negative numbers travel as 64-bit two's complement, ten bytes long.
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

/** Writes one protobuf message, field by field. Only what ONNX needs: there is no reader and no schema. */
export class ProtoMessage {
  private readonly parts: Uint8Array[] = [];
  private size = 0;

  /** Bytes of the message so far. */
  get length(): number {
    return this.size;
  }

  int(field: number, value: number | bigint): this {
    return this.tag(field, VARINT).push(varint(BigInt(value)));
  }

  /** A 32-bit float. */
  float(field: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.tag(field, FIXED_32).push(bytes);
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  /** The bytes are kept by reference, so that a large tensor is not copied twice. */
  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, LENGTH_DELIMITED)
      .push(varint(BigInt(value.length)))
      .push(value);
  }

  message(field: number, value: ProtoMessage): this {
    this.tag(field, LENGTH_DELIMITED).push(varint(BigInt(value.size)));
    for (const part of value.parts) this.push(part);
    return this;
  }

  /** Packed repeated integers. */
  ints(field: number, values: readonly (number | bigint)[]): this {
    return this.bytes(field, Buffer.concat(values.map((value) => varint(BigInt(value)))));
  }

  /** Packed repeated 32-bit floats. */
  floats(field: number, values: readonly number[]): this {
    const bytes = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
    return this.bytes(field, bytes);
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.parts, this.size);
  }

  private tag(field: number, wireType: number): this {
    return this.push(varint(BigInt((field << 3) | wireType)));
  }

  private push(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.size += bytes.length;
    return this;
  }
}
