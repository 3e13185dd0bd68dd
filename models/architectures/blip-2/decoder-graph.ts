import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Target } from '../../graph/target';
import { buildTokenChoice } from '../../graph/token-choice';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import { int64s, scalar } from '../../onnx/tensor';
import type { Blip2Config, T5Config } from './config';
import { T5Stack, TEXT, WORDS } from './t5';

const HEAD = `${TEXT}.lm_head.weight`;

function keysOf(text: T5Config, name: string): string[] {
  return Array.from({ length: text.num_decoder_layers }, (_, at) => [`${name}_k${at}`, `${name}_v${at}`]).flat();
}

/** Positions of all keys, those of the new tokens included: int64 [0 .. last position]. */
function keyPositions(graph: GraphBuilder, positions: string): string {
  const last = graph.node('Gather', [positions, graph.constant(int64s([-1], []))]);
  const one = graph.constant(int64s([1], []));
  return graph.node('Range', [graph.constant(int64s([0], [])), graph.node('Add', [last, one]), one]);
}

/** Scores of every word from the last position: [B, T, width] → [B, vocabulary]. */
function head(
  graph: GraphBuilder,
  weights: GraphWeights,
  x: string,
  { stack, text }: { stack: T5Stack; text: T5Config },
) {
  const { vocab_size: words, d_model: width } = text;
  const last = stack.norm(graph.node('Gather', [x, graph.constant(int64s([-1], []))], { axis: 1 }), 'final_layer_norm');
  const scaled = text.scalesScores ? graph.node('Mul', [last, graph.constant(scalar(width ** -0.5))]) : last;
  // The head is tied to the word embeddings where no weight of its own is stored: config.json says tied even where it is not.
  return weights.score(scaled, weights.has(HEAD) ? HEAD : WORDS, { dims: [words, width], bias: null });
}

/** decoder.onnx: one decoding step. Its inputs and outputs are in models/README.md. */
export function buildDecoder(checkpoint: Checkpoint, { text }: Blip2Config, target: Target): GraphBuilder {
  const graph = new GraphBuilder('decoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const stack = new T5Stack(graph, weights, { part: 'decoder', text });
  const { num_heads: heads, d_kv: size } = text;
  const ids = graph.input('input_ids', 'int64', ['rows', 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const beams = graph.input('beam_idx', 'int64', ['rows']);
  for (const name of keysOf(text, 'past')) graph.input(name, 'float32', ['past_rows', heads, 'past', size]);
  for (const name of keysOf(text, 'cross')) graph.input(name, 'float32', ['pictures', heads, 'seen', size]);
  // All beams of one picture attend to the same keys: [B, T, inner] becomes [pictures, B / pictures · T, inner] and back.
  const wide = graph.constant(int64s([stack.inner]));
  const pictures = graph.node('Shape', ['cross_k0'], { start: 0, end: 1 });
  const groupShape = graph.node('Concat', [pictures, graph.constant(int64s([-1])), wide], { axis: 0 });
  const rowShape = graph.node('Concat', [graph.node('Shape', [ids]), wide], { axis: 0 });
  const distances = stack.positionBias(positions, keyPositions(graph, positions));
  let x = stack.embed(ids);
  for (let index = 0; index < text.num_decoder_layers; index++) {
    const past = ['k', 'v'].map((part) => graph.node('Gather', [`past_${part}${index}`, beams]));
    const outputs = [`attended${index}`, `present_k${index}`, `present_v${index}`];
    const own = [...stack.qkv(x, index), '', '', distances, ...past];
    x = stack.addAttention(x, stack.attend(own, { causal: true, outputs }), index, 'SelfAttention');
    const asked = graph.node('Reshape', [stack.crossQuery(x, index), groupShape]);
    const seen = stack.attend([asked, `cross_k${index}`, `cross_v${index}`]);
    x = stack.addAttention(x, graph.node('Reshape', [seen, rowShape]), index, 'EncDecAttention');
    x = stack.feedForward(x, index);
  }
  buildTokenChoice(graph, head(graph, weights, x, { stack, text }), text.vocab_size);
  for (const name of keysOf(text, 'present')) graph.output(name, 'float32', ['rows', heads, 'present', size]);
  return graph;
}
