import type { Checkpoint } from '../../checkpoint/checkpoint';
import { missingWeight } from '../../checkpoint/float-tensor';
import type { GraphWeights } from '../../graph/weights';
import { MICROSOFT, type GraphBuilder } from '../../onnx/graph';
import { scalar, tensor } from '../../onnx/tensor';
import type { TextConfig } from './config';
import { EPSILON } from './davit';
import { TEXT, WORDS } from './names';

/** BART's tables of positions begin with two rows that are never used. */
const OFFSET = 2;

/** Rows of the words' table: transformers adds one for `<image>` and rounds up to a multiple of 64. Throws ModelError without a table. */
export function wordsOf(checkpoint: Checkpoint): number {
  const [rows] = checkpoint.tensors.get(WORDS)?.dims ?? [];
  if (rows === undefined) throw missingWeight(checkpoint, WORDS);
  return rows;
}

/** How many positions a half has: 1024 or 4096, whatever config.json says. */
export function positionsOf(checkpoint: Checkpoint, part: 'encoder' | 'decoder'): number {
  return Math.max(0, (checkpoint.tensors.get(`${TEXT}.${part}.embed_positions.weight`)?.dims[0] ?? 0) - OFFSET);
}

/** What the encoder and the decoder of BART have in common: embeddings, and layers that are normalised at their ends. */
export class BartHalf {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly half: {
      readonly part: 'encoder' | 'decoder';
      readonly text: TextConfig;
      readonly words: number;
      readonly positions: number;
    },
  ) {}

  /** Word embeddings: ids [.., T] → [.., T, width]. */
  words(ids: string): string {
    const { d_model: width, scale_embedding: isScaled } = this.half.text;
    const words = this.weights.lookup(ids, WORDS, [this.half.words, width]);
    return isScaled ? this.graph.node('Mul', [words, this.graph.constant(scalar(width ** 0.5))]) : words;
  }

  /** The table of positions from one on, [rows, width], always float32: it is small. */
  positions(begin: number, end: number = this.half.positions): string {
    const { part, text, positions } = this.half;
    const table = this.weights.read(`${TEXT}.${part}.embed_positions.weight`, [positions + OFFSET, text.d_model]);
    const rows = table.slice((begin + OFFSET) * text.d_model, (end + OFFSET) * text.d_model);
    return this.graph.constant(tensor(rows, [rows.length / text.d_model, text.d_model]));
  }

  norm(x: string, name: string): string {
    const { part, text } = this.half;
    return this.weights.norm(x, `${TEXT}.${part}.${name}`, text.d_model, EPSILON);
  }

  /** Query, key and value of a layer's own attention, as one product. */
  qkv(x: string, index: number): string[] {
    const width = this.half.text.d_model;
    const name = `${this.layer(index)}.self_attn`;
    return this.weights.linears(
      x,
      ['q_proj', 'k_proj', 'v_proj'].map((part) => `${name}.${part}`),
      [width, width],
    );
  }

  /** The product behind a layer's own attention, the sum with x and the norm. */
  close(x: string, attended: string, index: number): string {
    const width = this.half.text.d_model;
    const out = this.weights.linear(attended, `${this.layer(index)}.self_attn.out_proj`, [width, width]);
    return this.norm(this.graph.node('Add', [x, out]), `layers.${index}.self_attn_layer_norm`);
  }

  feedForward(x: string, index: number): string {
    const { part, text } = this.half;
    const wide = part === 'encoder' ? text.encoder_ffn_dim : text.decoder_ffn_dim;
    const name = this.layer(index);
    const inner = this.weights.gelu(this.weights.linear(x, `${name}.fc1`, [wide, text.d_model]));
    const out = this.weights.linear(inner, `${name}.fc2`, [text.d_model, wide]);
    return this.norm(this.graph.node('Add', [x, out]), `layers.${index}.final_layer_norm`);
  }

  attend(
    inputs: readonly string[],
    { heads, looksBack = false, outputs }: { heads: number; looksBack?: boolean; outputs?: readonly string[] },
  ): string {
    const attributes = { num_heads: heads, ...(looksBack ? { unidirectional: 1 } : {}) };
    const options = { domain: MICROSOFT, ...(outputs === undefined ? {} : { outputs }) };
    return this.graph.node('MultiHeadAttention', inputs, attributes, options);
  }

  private layer(index: number): string {
    return `${TEXT}.${this.half.part}.layers.${index}`;
  }
}
