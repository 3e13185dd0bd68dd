import type { GraphWeights } from '../../graph/weights';
import { asFloat } from '../../onnx/attribute';
import { MICROSOFT, type GraphBuilder } from '../../onnx/graph';
import { scalar } from '../../onnx/tensor';
import type { MarianConfig } from './config';
import { positionTable } from './positions';

export const SHARED_EMBEDDINGS = 'model.shared.weight';
export const HEAD_BIAS = 'final_logits_bias';
export const HEAD = 'lm_head.weight';

/** Name of a half's table of words; files that tie it to others store it under any of their names. */
export function wordsOf(weights: GraphWeights, part: 'encoder' | 'decoder', config: MarianConfig): string {
  const own = `model.${part}.embed_tokens.weight`;
  const tied = config.share_encoder_decoder_embeddings
    ? [SHARED_EMBEDDINGS, own, HEAD]
    : part === 'decoder'
      ? [own, HEAD]
      : [own];
  return tied.find((name) => weights.has(name)) ?? own;
}

/** What the encoder and the decoder have in common: embeddings, and layers that are normalised at their ends. */
export class MarianHalf {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly half: { readonly part: 'encoder' | 'decoder'; readonly config: MarianConfig },
  ) {}

  /** Ids [.., T] at positions [T] → [.., T, width]. */
  embed(ids: string, positions: string): string {
    const { graph, weights } = this;
    const { part, config } = this.half;
    const { d_model: width, vocab_size: words, decoder_vocab_size: said } = config;
    const dims = [part === 'encoder' ? words : said, width] as const;
    const found = weights.lookup(ids, wordsOf(weights, part, config), dims);
    const scaled = config.scale_embedding ? graph.node('Mul', [found, graph.constant(scalar(width ** 0.5))]) : found;
    const table = graph.constant(positionTable(weights, part, config), 'positions');
    return graph.node('Add', [scaled, graph.node('Gather', [table, positions])]);
  }

  /** Query, key and value of a layer's own attention, as one product. */
  qkv(x: string, index: number): string[] {
    const names = ['q_proj', 'k_proj', 'v_proj'].map((name) => `${this.layer(index)}.self_attn.${name}`);
    return this.weights.linears(x, names, this.square);
  }

  /** A product of an attention: of the width of the rows, both ways. */
  project(x: string, index: number, name: string): string {
    return this.weights.linear(x, `${this.layer(index)}.${name}`, this.square);
  }

  /** x and what an attention found, added and normalised. */
  close(x: string, attended: string, index: number, attention: 'self_attn' | 'encoder_attn'): string {
    return this.add(x, this.project(attended, index, `${attention}.out_proj`), index, `${attention}_layer_norm`);
  }

  /** x and what was made of it, added and normalised. */
  add(x: string, made: string, index: number, norm: string): string {
    return this.norm(this.graph.node('Add', [x, made]), index, norm);
  }

  /**
   * Simpler simple recurrent unit (Kim et al., "From Research to Production and Back", 2019), one step:
   * the state `past` [B, 1, width] is weighted by a forget gate computed from x [B, 1, width], and the input is added. `output` names the
   * new state.
   */
  recall(x: string, past: string, index: number, output: string): string {
    const { graph } = this;
    const names = ['forget', 'input'].map((part) => `${this.layer(index)}.ssru.${part}`);
    const [forget = '', given = ''] = this.weights.linears(x, names, this.square);
    const kept = graph.node('Mul', [graph.node('Sigmoid', [forget]), graph.node('Sub', [past, given])]);
    return graph.node('Relu', [graph.node('Add', [given, kept], {}, { outputs: [output] })]);
  }

  feedForward(x: string, index: number): string {
    const { part, config } = this.half;
    const wide = part === 'encoder' ? config.encoder_ffn_dim : config.decoder_ffn_dim;
    const name = this.layer(index);
    const inner = this.activate(this.weights.linear(x, `${name}.fc1`, [wide, config.d_model]));
    const out = this.weights.linear(inner, `${name}.fc2`, [config.d_model, wide]);
    return this.add(x, out, index, 'final_layer_norm');
  }

  attend(inputs: readonly string[], { looksBack = false, outputs }: { looksBack?: boolean; outputs?: string[] } = {}) {
    const { part, config } = this.half;
    const heads = part === 'encoder' ? config.encoder_attention_heads : config.decoder_attention_heads;
    const attributes = { num_heads: heads, ...(looksBack ? { unidirectional: 1 } : {}) };
    const options = { domain: MICROSOFT, ...(outputs === undefined ? {} : { outputs }) };
    return this.graph.node('MultiHeadAttention', inputs, attributes, options);
  }

  private norm(x: string, index: number, name: string): string {
    return this.weights.norm(
      x,
      `${this.layer(index)}.${name}`,
      this.half.config.d_model,
      this.half.config.norm_epsilon,
    );
  }

  private activate(x: string): string {
    const { activation_function: name } = this.half.config;
    if (name === 'relu') return this.graph.node('Relu', [x]);
    if (name === 'gelu') return this.weights.gelu(x);
    // x · sigmoid(x).
    return this.graph.node('QuickGelu', [x], { alpha: asFloat(1) }, { domain: MICROSOFT });
  }

  private get square(): readonly [number, number] {
    const { d_model: width } = this.half.config;
    return [width, width];
  }

  private layer(index: number): string {
    return `model.${this.half.part}.layers.${index}`;
  }
}
