import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Target } from '../../graph/target';
import { CrossAttention, crossOutput } from '../../graph/cross-attention';
import { buildTokenChoice } from '../../graph/token-choice';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import { int64s, tensor } from '../../onnx/tensor';
import { BartHalf, positionsOf, wordsOf } from './bart';
import type { FlorenceConfig, TextConfig } from './config';
import { HEAD, HEAD_BIAS, TEXT, WORDS } from './names';

function keysOf(text: TextConfig, name: string): string[] {
  return Array.from({ length: text.decoder_layers }, (_, index) => [`${name}_k${index}`, `${name}_v${index}`]).flat();
}

/** Scores of every word from the last position: [B, T, width] → [B, vocabulary]. */
function head(
  graph: GraphBuilder,
  weights: GraphWeights,
  x: string,
  [words, width]: readonly [number, number],
): string {
  const last = graph.node('Gather', [x, graph.constant(int64s([-1], []))], { axis: 1 }); // [B, width]
  // The head is tied to the word embeddings; fine-tuned checkpoints store it again, and where they differ that copy counts.
  const name = weights.has(HEAD) && !weights.areEqual(HEAD, WORDS) ? HEAD : WORDS;
  const bias = weights.has(HEAD_BIAS) ? weights.read(HEAD_BIAS, [1, words]) : new Float32Array(words);
  return weights.score(last, name, { dims: [words, width], bias: graph.constant(tensor(bias), HEAD_BIAS) });
}

/** decoder.onnx: one step of writing. Its inputs and outputs are in models/README.md. */
export function buildDecoder(checkpoint: Checkpoint, { text }: FlorenceConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('decoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { d_model: width, decoder_attention_heads: heads } = text;
  const size = width / heads;
  const ids = graph.input('input_ids', 'int64', ['rows', 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const beams = graph.input('beam_idx', 'int64', ['rows']);
  for (const name of keysOf(text, 'past')) graph.input(name, 'float32', ['past_rows', heads, 'past', size]);
  const cross = new CrossAttention(graph, weights, { layers: text.decoder_layers, heads, size }, ids);
  const words = wordsOf(checkpoint);
  const half = new BartHalf(graph, weights, {
    part: 'decoder',
    text,
    words,
    positions: positionsOf(checkpoint, 'decoder'),
  });
  const placed = graph.node('Add', [half.words(ids), graph.node('Gather', [half.positions(0), positions])]);
  let x = half.norm(placed, 'layernorm_embedding');
  for (let index = 0; index < text.decoder_layers; index++) {
    const past = ['k', 'v'].map((part) => graph.node('Gather', [`past_${part}${index}`, beams]));
    const outputs = [`attended${index}`, `present_k${index}`, `present_v${index}`];
    const own = [...half.qkv(x, index), '', '', '', ...past];
    const said = half.close(x, half.attend(own, { heads, looksBack: true, outputs }), index);
    const name = `${TEXT}.decoder.layers.${index}.encoder_attn`;
    const query = weights.linear(said, `${name}.q_proj`, [width, width]);
    const place = { name: `${name}.out_proj`, values: `${name}.v_proj`, dims: [width, width] as const };
    const seen = graph.node('Add', [said, crossOutput(weights, cross.attend(query, index), place)]);
    x = half.feedForward(half.norm(seen, `layers.${index}.encoder_attn_layer_norm`), index);
  }
  buildTokenChoice(graph, head(graph, weights, x, [words, width]), words);
  for (const name of keysOf(text, 'present')) graph.output(name, 'float32', ['rows', heads, 'present', size]);
  return graph;
}
