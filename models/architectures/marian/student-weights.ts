import { damaged, type Checkpoint, type TensorEntry } from '../../checkpoint/checkpoint';
import type { MarianBinary } from '../../checkpoint/marian-binary';
import { sizeOf } from '../../onnx/tensor';
import type { MarianConfig } from './config';
import { HEAD_BIAS, SHARED_EMBEDDINGS } from './half';
import { sinusoids } from './positions';
import type { StudentSizes } from './student-config';

/** Score of a word that is never said. */
const NEVER = -1e9;

interface Weight {
  readonly dims: readonly number[];
  read(): Float32Array;
}

/** Where the words of each language stand: in one table, or in two. */
function tablesOf(binary: MarianBinary): { source: string; target: string } {
  return binary.dimsOf('Wemb') === null
    ? { source: 'encoder_Wemb', target: 'decoder_Wemb' }
    : { source: 'Wemb', target: 'Wemb' };
}

/** Sizes that the weights of a student tell. Throws ModelError where one is missing or of another width. */
export function studentSizes(binary: MarianBinary, file: string, width: number): StudentSizes {
  const { source, target } = tablesOf(binary);
  const lengthOf = (name: string, [axis, other]: readonly [number, number]) => {
    const dims = binary.dimsOf(name);
    if (dims?.length !== 2 || dims[other] !== width || (dims[axis] ?? 0) < 2) {
      throw damaged(file, `the weight "${name}" is missing or of another size`, 'Is it the right model?');
    }
    return dims[axis] ?? 0;
  };
  return {
    sourceWords: lengthOf(source, [0, 1]),
    targetWords: lengthOf(target, [0, 1]),
    encoderInner: lengthOf('encoder_l1_ffn_W1', [1, 0]),
    decoderInner: lengthOf('decoder_l1_ffn_W1', [1, 0]),
    isShared: source === target,
  };
}

/** transformers' names of a student's weights, and how each is made of Marian's. */
class StudentNames {
  readonly weights = new Map<string, Weight>();

  constructor(
    private readonly binary: MarianBinary,
    private readonly config: MarianConfig,
  ) {}

  add(name: string, dims: readonly number[], read: () => Float32Array): void {
    this.weights.set(name, { dims, read });
  }

  /** A product of Marian's W [inputs, outputs] and b [1, outputs]; without b its bias is zeros. */
  linear(name: string, [matrix, bias]: readonly [string, string | null]): void {
    const [inputs = 0, outputs = 0] = this.binary.dimsOf(matrix) ?? [];
    this.add(`${name}.weight`, [outputs, inputs], () => this.binary.readTurned(matrix));
    this.add(`${name}.bias`, [outputs], () => (bias === null ? new Float32Array(outputs) : this.binary.read(bias)));
  }

  norm(name: string, marian: string): void {
    const dims = [this.config.d_model];
    this.add(`${name}.weight`, dims, () => this.binary.read(`${marian}_ln_scale`));
    this.add(`${name}.bias`, dims, () => this.binary.read(`${marian}_ln_bias`));
  }

  attention(name: string, marian: string): void {
    for (const [part, letter] of Object.entries({ q_proj: 'q', k_proj: 'k', v_proj: 'v', out_proj: 'o' })) {
      this.linear(`${name}.${part}`, [`${marian}_W${letter}`, `${marian}_b${letter}`]);
    }
    this.norm(`${name}_layer_norm`, `${marian}_Wo`);
  }

  feedForward(name: string, marian: string): void {
    this.linear(`${name}.fc1`, [`${marian}_ffn_W1`, `${marian}_ffn_b1`]);
    this.linear(`${name}.fc2`, [`${marian}_ffn_W2`, `${marian}_ffn_b2`]);
    this.norm(`${name}.final_layer_norm`, `${marian}_ffn_ffn`);
  }
}

/** An embedding table [rows, width] with a row of zeros appended: the embedding of the start token. */
function withBeginning(table: Float32Array, width: number): Float32Array {
  const longer = new Float32Array(table.length + width);
  longer.set(table);
  return longer;
}

/** Marian's table: as transformers', but the last of the `half` sines and cosines has the smallest step. */
export function marianPositions(positions: number, width: number): Float32Array {
  return sinusoids(positions, width, width / 2 - 1);
}

function addWords(names: StudentNames, binary: MarianBinary, config: MarianConfig, sayable: number): void {
  const { d_model: width, vocab_size: read, decoder_vocab_size: said } = config;
  const { source, target } = tablesOf(binary);
  const own = config.share_encoder_decoder_embeddings ? SHARED_EMBEDDINGS : 'model.decoder.embed_tokens.weight';
  names.add(own, [said, width], () => withBeginning(binary.read(target), width));
  if (!config.share_encoder_decoder_embeddings) {
    names.add('model.encoder.embed_tokens.weight', [read, width], () => binary.read(source));
  }
  names.add(HEAD_BIAS, [1, said], () => {
    const bias = new Float32Array(said);
    bias.set(binary.read('decoder_ff_logit_out_b').subarray(0, said - 1));
    // Marian never writes <unk>, and the table may be longer than the vocabulary.
    bias.fill(NEVER, sayable);
    bias[UNKNOWN] = NEVER;
    return bias;
  });
}

/** Marian wants `</s>` and `<unk>` as the first pieces of every vocabulary. */
export const UNKNOWN = 1;

/**
 * A student of Marian under the names of transformers' MarianMTModel, so that the same graphs are built of it. `sayable` is how many
 * words its target vocabulary has; `file` is named in errors.
 */
export function studentCheckpoint(
  binary: MarianBinary,
  config: MarianConfig,
  { file, sayable }: { readonly file: string; readonly sayable: number },
): Checkpoint {
  const names = new StudentNames(binary, config);
  addWords(names, binary, config, sayable);
  for (const [part, layers] of [
    ['encoder', config.encoder_layers],
    ['decoder', config.decoder_layers],
  ] as const) {
    const { max_position_embeddings: positions, d_model: width } = config;
    names.add(`model.${part}.embed_positions.weight`, [positions, width], () => marianPositions(positions, width));
    for (let index = 0; index < layers; index++) {
      const [name, marian] = [`model.${part}.layers.${index}`, `${part}_l${index + 1}`];
      if (part === 'encoder') names.attention(`${name}.self_attn`, `${marian}_self`);
      else {
        names.linear(`${name}.ssru.forget`, [`${marian}_rnn_Wf`, `${marian}_rnn_bf`]);
        names.linear(`${name}.ssru.input`, [`${marian}_rnn_W`, null]);
        names.norm(`${name}.self_attn_layer_norm`, `${marian}_rnn_ffn`);
        names.attention(`${name}.encoder_attn`, `${marian}_context`);
      }
      names.feedForward(name, marian);
    }
  }
  return asCheckpoint(names.weights, file);
}

function asCheckpoint(weights: ReadonlyMap<string, Weight>, file: string): Checkpoint {
  // A large weight is read some rows at a time; it is made once.
  let last: { readonly name: string; readonly bytes: Uint8Array } | null = null;
  const bytesOf = (name: string) => {
    if (last?.name === name) return last.bytes;
    const weight = weights.get(name);
    if (weight === undefined) throw damaged(file, `it has no weight "${name}"`);
    const values = weight.read();
    if (values.length !== sizeOf(weight.dims)) throw damaged(file, `the weight "${name}" is of another size`);
    last = { name, bytes: new Uint8Array(values.buffer) };
    return last.bytes;
  };
  const tensors = new Map<string, TensorEntry>([...weights].map(([name, { dims }]) => [name, { type: 'F32', dims }]));
  return {
    tensors,
    metadata: {},
    read: (name, part) => {
      const bytes = bytesOf(name);
      const { begin, bytes: length } = part ?? { begin: 0, bytes: bytes.length };
      // Memory of its own: whoever asked may write into it.
      return bytes.slice(begin, begin + length);
    },
    close: () => {
      last = null;
    },
  };
}
