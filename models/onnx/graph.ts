import { writeFileSync } from 'node:fs';
import { attributeMessage, type Attributes } from './attribute';
import type { ExternalData } from './external-data';
import { ProtoMessage } from './protobuf';
import { DATA_TYPES, type DataType, type Tensor } from './tensor';

/** onnxruntime's own operators. */
export const MICROSOFT = 'com.microsoft';
const IR_VERSION = 8;
const OPSET = 18;
/** Smaller tensors stay in the .onnx file even when there is a data file. */
const INLINE_BYTES = 1024;

/** A dimension that is only known at run time has a name. */
export type Dimension = number | string;

export interface NodeOptions {
  readonly domain?: string;
  /** Names of the outputs; '' leaves one out. Default: one output with a generated name. */
  readonly outputs?: readonly string[];
}

/** Collects the nodes of one ONNX graph and writes it as a file. Nodes must be added in the order they run. */
export class GraphBuilder {
  private readonly nodes: ProtoMessage[] = [];
  private readonly initializers: ProtoMessage[] = [];
  private readonly inputs: ProtoMessage[] = [];
  private readonly outputs: ProtoMessage[] = [];
  private readonly names = new Set<string>();

  /** Without `external` every tensor is written into the .onnx file itself (protobuf ends at 2 GB). */
  constructor(
    private readonly name: string,
    private readonly external?: ExternalData,
  ) {}

  /** Declares an input of the graph; gives its name back. */
  input(name: string, type: DataType, dims: readonly Dimension[]): string {
    this.inputs.push(valueInfo(this.claim(name), type, dims));
    return name;
  }

  /** Declares an existing value as an output of the graph. */
  output(name: string, type: DataType, dims: readonly Dimension[]): void {
    if (!this.names.has(name)) throw new Error(`No node makes the output "${name}".`);
    this.outputs.push(valueInfo(name, type, dims));
  }

  /** Stores a weight or constant; gives its name. The name is generated when none is given. */
  constant(value: Tensor, name = this.freshName('const')): string {
    const message = new ProtoMessage();
    message.ints(1, value.dims).int(2, DATA_TYPES[value.type].onnx).string(8, this.claim(name));
    if (this.external === undefined || value.bytes.length < INLINE_BYTES) {
      message.bytes(9, value.bytes);
    } else {
      const place = this.external.append(value.bytes);
      for (const [key, text] of Object.entries(place)) {
        message.message(13, new ProtoMessage().string(1, key).string(2, String(text)));
      }
      message.int(14, 1);
    }
    this.initializers.push(message);
    return name;
  }

  /** Adds an operator; gives the name of its first output. '' as an input means "left out". */
  node(type: string, inputs: readonly string[], attributes: Attributes = {}, options: NodeOptions = {}): string {
    for (const input of inputs) {
      if (input !== '' && !this.names.has(input)) throw new Error(`${type} reads "${input}", which nothing has made.`);
    }
    const outputs = options.outputs ?? [this.freshName(type)];
    const message = new ProtoMessage();
    for (const input of inputs) message.string(1, input);
    for (const output of outputs) message.string(2, output === '' ? '' : this.claim(output));
    message.string(3, `${type}_${this.nodes.length}`).string(4, type);
    for (const [name, value] of Object.entries(attributes)) message.message(5, attributeMessage(name, value));
    if (options.domain !== undefined) message.string(7, options.domain);
    this.nodes.push(message);
    return outputs.find((output) => output !== '') ?? '';
  }

  /** Gives an existing value another name, for an output of the graph. */
  rename(value: string, name: string): string {
    return this.node('Identity', [value], {}, { outputs: [name] });
  }

  /** The whole ModelProto. */
  toBuffer(): Buffer {
    const graph = new ProtoMessage();
    for (const node of this.nodes) graph.message(1, node);
    graph.string(2, this.name);
    for (const tensor of this.initializers) graph.message(5, tensor);
    for (const input of this.inputs) graph.message(11, input);
    for (const output of this.outputs) graph.message(12, output);
    return new ProtoMessage()
      .int(1, IR_VERSION)
      .string(2, 'altsmith')
      .message(7, graph)
      .message(8, new ProtoMessage().string(1, '').int(2, OPSET))
      .message(8, new ProtoMessage().string(1, MICROSOFT).int(2, 1))
      .toBuffer();
  }

  write(file: string): void {
    writeFileSync(file, this.toBuffer());
  }

  private claim(name: string): string {
    if (this.names.has(name)) throw new Error(`The graph has two values called "${name}".`);
    this.names.add(name);
    return name;
  }

  private freshName(stem: string): string {
    return `${stem}#${this.names.size}`;
  }
}

function valueInfo(name: string, type: DataType, dims: readonly Dimension[]): ProtoMessage {
  const shape = new ProtoMessage();
  for (const dim of dims) {
    const entry = new ProtoMessage();
    shape.message(1, typeof dim === 'number' ? entry.int(1, dim) : entry.string(2, dim));
  }
  const tensorType = new ProtoMessage().int(1, DATA_TYPES[type].onnx).message(2, shape);
  return new ProtoMessage().string(1, name).message(2, new ProtoMessage().message(1, tensorType));
}
