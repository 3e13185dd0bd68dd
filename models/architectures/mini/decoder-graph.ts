import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { ExternalData } from '../../onnx/external-data';
import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { buildTokenChoice } from '../../graph/token-choice';
import { int64s, tensor } from '../../onnx/tensor';
import type { MiniArchitecture } from './architecture';
import { MiniWeights, type MiniPrecision } from './weights';

/** LayerNorm of the decoder, as BERT's. */
const DECODER_EPSILON = 1e-12;
/** What the reference adds to the logit of a token that must never be said. */
const NEVER = -1e9;

/** Builds decoder.onnx of mini; the contract of its inputs and outputs is in models/README.md. */
class MiniDecoder {
  private readonly groupShape: string;
  private readonly rowShape: string;

  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: MiniWeights,
    private readonly a: MiniArchitecture,
    inputs: { ids: string; crossKey: string },
  ) {
    const dims = graph.constant(int64s([a.width]));
    // All beams of a picture ask the same keys: [B, T, D] becomes [pictures, B / pictures * T, D] and back.
    const pictures = graph.node('Shape', [inputs.crossKey], { start: 0, end: 1 });
    const rest = graph.constant(int64s([-1]));
    this.groupShape = graph.node('Concat', [pictures, rest, dims], { axis: 0 });
    this.rowShape = graph.node('Concat', [graph.node('Shape', [inputs.ids]), dims], { axis: 0 });
  }

  norm(x: string, name: string): string {
    const gain = this.weights.vector(`decoder.${name}.weight`, this.a.width);
    const bias = this.weights.vector(`decoder.${name}.bias`, this.a.width);
    return this.graph.node('LayerNormalization', [x, gain, bias], { axis: -1, epsilon: DECODER_EPSILON });
  }

  linear(x: string, name: string, out = this.a.width, inside = this.a.width): string {
    return this.weights.linear(x, `decoder.${name}`, [out, inside]);
  }

  gelu(x: string): string {
    return this.graph.node('Gelu', [x], {}, { domain: MICROSOFT });
  }

  /** Post-norm: self-attention over past and present, cross-attention to the picture, feed-forward. */
  layer(x: string, index: number, beams: string): string {
    const { graph, a } = this;
    const name = `layers.${index}`;
    const [q, k, v] = ['q', 'k', 'v'].map((part) => this.linear(x, `${name}.self_att.${part}`));
    const [pastKey, pastValue] = ['k', 'v'].map((part) => graph.node('Gather', [`past_${part}${index}`, beams]));
    const attended = graph.node(
      'MultiHeadAttention',
      [q ?? '', k ?? '', v ?? '', '', '', '', pastKey ?? '', pastValue ?? ''],
      { num_heads: a.heads, unidirectional: 1 },
      { domain: MICROSOFT, outputs: [`${name}.attended`, `present_k${index}`, `present_v${index}`] },
    );
    const afterSelf = graph.node('Add', [x, this.linear(attended, `${name}.self_att.o`)]);
    const after = this.norm(afterSelf, `${name}.self_norm`);
    const seen = this.norm(
      graph.node('Add', [after, this.look(after, `${name}.cross_att`, index)]),
      `${name}.cross_norm`,
    );
    const wide = this.gelu(this.linear(seen, `${name}.f1`, a.ffn));
    return this.norm(graph.node('Add', [seen, this.linear(wide, `${name}.f2`, a.width, a.ffn)]), `${name}.ffn_norm`);
  }

  private look(x: string, name: string, index: number): string {
    const { graph, a } = this;
    const query = graph.node('Reshape', [this.linear(x, `${name}.q`), this.groupShape]);
    const seen = graph.node(
      'MultiHeadAttention',
      [query, `cross_k${index}`, `cross_v${index}`],
      { num_heads: a.heads },
      { domain: MICROSOFT },
    );
    return this.linear(graph.node('Reshape', [seen, this.rowShape]), `${name}.o`);
  }
}

function declareCaches(graph: GraphBuilder, a: MiniArchitecture): void {
  for (let layer = 0; layer < a.layers; layer++) {
    for (const part of ['k', 'v']) {
      graph.input(`past_${part}${layer}`, 'float32', ['past_rows', a.heads, 'past', a.headSize]);
      graph.input(`cross_${part}${layer}`, 'float32', ['pictures', a.heads, a.imageTokens, a.headSize]);
    }
  }
}

/** decoder.onnx of mini. `banned` tokens can never be said. */
export function buildDecoder(
  checkpoint: Checkpoint,
  a: MiniArchitecture,
  target: { precision: MiniPrecision; external: ExternalData; banned: readonly number[] },
): GraphBuilder {
  const graph = new GraphBuilder('decoder', target.external);
  const weights = new MiniWeights(checkpoint, graph, target.precision);
  const ids = graph.input('input_ids', 'int64', ['rows', 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const beams = graph.input('beam_idx', 'int64', ['rows']);
  declareCaches(graph, a);
  const decoder = new MiniDecoder(graph, weights, a, { ids, crossKey: 'cross_k0' });
  const words = weights.table('decoder.word.weight', [a.vocabulary, a.width]);
  const word = graph.node('Gather', [words, ids]); // [B, T, D]
  const position = graph.node('Gather', [weights.table('decoder.position.weight', [a.positions, a.width]), positions]);
  let x = decoder.norm(graph.node('Add', [word, position]), 'norm');
  for (let layer = 0; layer < a.layers; layer++) x = decoder.layer(x, layer, beams);
  const last = graph.node('Gather', [x, graph.constant(int64s([-1], []))], { axis: 1 }); // [B, D]
  const transformed = decoder.norm(decoder.gelu(decoder.linear(last, 'head')), 'head_norm');
  const bias = weights.vector('decoder.head_bias', a.vocabulary);
  const logits = graph.node('Gemm', [transformed, words, bias], { transB: 1 }); // [B, V]
  const never = new Float32Array(a.vocabulary);
  for (const token of target.banned) never[token] = NEVER;
  const allowed = graph.node('Add', [logits, graph.constant(tensor(never))]);
  buildTokenChoice(graph, allowed, a.vocabulary);
  for (let layer = 0; layer < a.layers; layer++) {
    for (const part of ['k', 'v']) {
      graph.output(`present_${part}${layer}`, 'float32', ['rows', a.heads, 'present', a.headSize]);
    }
  }
  return graph;
}
