import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Target } from '../../graph/target';
import { buildTokenChoice } from '../../graph/token-choice';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder, type Dimension } from '../../onnx/graph';
import { int64s, tensor } from '../../onnx/tensor';
import type { MarianConfig } from './config';
import { HEAD, HEAD_BIAS, MarianHalf, wordsOf } from './half';

function keysOf(config: MarianConfig, name: string): string[] {
  return Array.from({ length: config.decoder_layers }, (_, index) => [`${name}_k${index}`, `${name}_v${index}`]).flat();
}

/**
 * Scores of every word but the last from the last position: [B, T, width] → [B, vocabulary − 1]. The last is <pad>, which was added when
 * the weights were published and never trained: its score 0 would compete. Without its row the rest is what `bad_words_ids` with
 * `renormalize_logits` makes of the scores.
 */
function head(graph: GraphBuilder, weights: GraphWeights, x: string, config: MarianConfig): string {
  const { decoder_vocab_size: words, d_model: width } = config;
  const table = wordsOf(weights, 'decoder', config);
  const name = weights.has(HEAD) && HEAD !== table && !weights.areEqual(HEAD, table) ? HEAD : table;
  const bias = weights.has(HEAD_BIAS) ? weights.read(HEAD_BIAS, [1, words]) : new Float32Array(words);
  const last = graph.node('Gather', [x, graph.constant(int64s([-1], []))], { axis: 1 }); // [B, width]
  return weights.product(last, `${name}:scores`, {
    rows: { dims: [words - 1, width], read: (begin, end) => weights.read(name, [words, width], { begin, end }) },
    bias: graph.constant(tensor(bias.slice(0, -1)), HEAD_BIAS),
  });
}

/** What each layer remembers of the sentence so far: names and sizes of inputs and outputs, `past` and `present`. */
interface Memory {
  names(when: 'past' | 'present'): string[];
  dims(rows: string, length: string): Dimension[];
}

function memoryOf(config: MarianConfig): Memory {
  const { d_model: width, decoder_attention_heads: heads, decoder_layers: layers } = config;
  if (config.decoder_cell === 'attention') {
    return { names: (when) => keysOf(config, when), dims: (rows, length) => [rows, heads, length, width / heads] };
  }
  return {
    names: (when) => Array.from({ length: layers }, (_, index) => `${when}_c${index}`),
    dims: (rows) => [rows, 1, width],
  };
}

/** decoder.onnx: one step of writing. Its inputs and outputs are in models/README.md. */
export function buildDecoder(checkpoint: Checkpoint, config: MarianConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('decoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { d_model: width, decoder_attention_heads: heads } = config;
  const size = width / heads;
  const memory = memoryOf(config);
  // A cell is told one word at a time.
  const tokens = config.decoder_cell === 'ssru' ? 1 : 'tokens';
  const ids = graph.input('input_ids', 'int64', ['rows', tokens]);
  const positions = graph.input('position_ids', 'int64', [tokens]);
  const beams = graph.input('beam_idx', 'int64', ['rows']);
  for (const name of memory.names('past')) graph.input(name, 'float32', memory.dims('past_rows', 'past'));
  for (const name of keysOf(config, 'cross')) graph.input(name, 'float32', ['sentences', heads, 'seen', size]);
  // All beams of one sentence look at the same keys: [B, T, width] becomes [sentences, B / sentences · T, width] and back.
  const wide = graph.constant(int64s([width]));
  const sentences = graph.node('Shape', ['cross_k0'], { start: 0, end: 1 });
  const groupShape = graph.node('Concat', [sentences, graph.constant(int64s([-1])), wide], { axis: 0 });
  const rowShape = graph.node('Concat', [graph.node('Shape', [ids]), wide], { axis: 0 });
  const half = new MarianHalf(graph, weights, { part: 'decoder', config });
  const before = (name: string) => graph.node('Gather', [name, beams]);
  const remember = (x: string, index: number) => {
    if (config.decoder_cell === 'ssru') {
      const recalled = half.recall(x, before(`past_c${index}`), index, `present_c${index}`);
      return half.add(x, recalled, index, 'self_attn_layer_norm');
    }
    const past = ['k', 'v'].map((part) => before(`past_${part}${index}`));
    const outputs = [`attended${index}`, `present_k${index}`, `present_v${index}`];
    const own = half.attend([...half.qkv(x, index), '', '', '', ...past], { looksBack: true, outputs });
    return half.close(x, own, index, 'self_attn');
  };
  let x = half.embed(ids, positions);
  for (let index = 0; index < config.decoder_layers; index++) {
    const said = remember(x, index);
    const asked = graph.node('Reshape', [half.project(said, index, 'encoder_attn.q_proj'), groupShape]);
    const seen = graph.node('Reshape', [half.attend([asked, `cross_k${index}`, `cross_v${index}`]), rowShape]);
    x = half.feedForward(half.close(said, seen, index, 'encoder_attn'), index);
  }
  buildTokenChoice(graph, head(graph, weights, x, config), config.decoder_vocab_size - 1);
  for (const name of memory.names('present')) graph.output(name, 'float32', memory.dims('rows', 'present'));
  return graph;
}
