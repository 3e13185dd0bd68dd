/** Where the bytes of a weight are: in a file beside the graph, or in the graph's own (`file` is ''). */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface StoredNode {
  readonly type: string;
  readonly inputs: readonly string[];
}

/** What is read of an .onnx file: its operators, and its weights by name. */
export interface StoredGraph {
  readonly nodes: readonly StoredNode[];
  /** `type` is a number of TensorProto.DataType. */
  readonly weights: ReadonlyMap<string, { readonly type: number; readonly place: Place }>;
}

/** A field of a message: a number, or the bytes from `begin` up to `end`. */
interface Field {
  readonly number: number;
  readonly value: number;
  readonly begin: number;
  readonly end: number;
}

/** Bytes of the fields that have a fixed length, by wire type. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

class Reader {
  constructor(private readonly bytes: Buffer) {}

  /** Throws Error where the bytes are no message. */
  *fields(begin: number, end: number): Generator<Field> {
    let at = begin;
    const varint = (): number => {
      let [value, scale] = [0, 1];
      for (;;) {
        const byte = this.bytes[at++] ?? 0;
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
        scale *= 128;
      }
    };
    while (at < end) {
      const tag = varint();
      const [number, wire] = [Math.floor(tag / 8), tag % 8];
      const value = wire === 0 ? varint() : 0;
      const length = wire === 2 ? varint() : wire === 0 ? 0 : FIXED[wire];
      if (length === undefined || at + length > end) throw new Error('The graph is no protobuf message.');
      yield { number, value, begin: at, end: at + length };
      at += length;
    }
  }

  text({ begin, end }: Field): string {
    return this.bytes.toString('utf8', begin, end);
  }

  node(field: Field): StoredNode {
    const inputs: string[] = [];
    let type = '';
    for (const part of this.fields(field.begin, field.end)) {
      if (part.number === 1) inputs.push(this.text(part));
      if (part.number === 4) type = this.text(part);
    }
    return { type, inputs };
  }

  weight(field: Field): { name: string; type: number; place: Place } {
    let [name, type] = ['', 0];
    let place: Place = { file: '', offset: 0, length: 0 };
    const outside: Record<string, string> = {};
    for (const part of this.fields(field.begin, field.end)) {
      if (part.number === 2) type = part.value;
      if (part.number === 8) name = this.text(part);
      if (part.number === 9) place = { file: '', offset: part.begin, length: part.end - part.begin };
      if (part.number !== 13) continue;
      const [key, value] = Array.from(this.fields(part.begin, part.end), (each) => this.text(each));
      outside[key ?? ''] = value ?? '';
    }
    const { location: file, offset, length } = outside;
    if (file !== undefined) place = { file, offset: Number(offset ?? 0), length: Number(length) };
    return { name, type, place };
  }
}

/** Reads the operators and weights of an .onnx file that this program wrote. Throws Error where it is none. */
export function readGraph(bytes: Buffer): StoredGraph {
  const reader = new Reader(bytes);
  const nodes: StoredNode[] = [];
  const weights = new Map<string, { type: number; place: Place }>();
  // Numbers of the fields are those of onnx.proto3: ModelProto.graph, then GraphProto.node and GraphProto.initializer.
  for (const graph of reader.fields(0, bytes.length)) {
    if (graph.number !== 7) continue;
    for (const part of reader.fields(graph.begin, graph.end)) {
      if (part.number === 1) nodes.push(reader.node(part));
      if (part.number !== 5) continue;
      const { name, ...weight } = reader.weight(part);
      weights.set(name, weight);
    }
  }
  return { nodes, weights };
}
