import type { WeightSpec } from './weights';

/** A case of tests/fixtures/blip-2-oracle/cases.json; sizes by the names of config.json. */
export interface Blip2Case {
  readonly name: string;
  readonly seed: number;
  /** Factor of the weights whose results are normalised: small ones show a wrong eps. */
  readonly small: number;
  /** Factor of the end token's row in the head. */
  readonly ending: number;
  readonly queries: number;
  /** Whether the head shares the weights of the word embeddings. */
  readonly tied: boolean;
  /** Width, height and seed. */
  readonly pictures: readonly (readonly [number, number, number])[];
  readonly vision: Readonly<Record<string, number>>;
  readonly qformer: Readonly<Record<string, number>>;
  readonly text: Readonly<Record<string, number>>;
  /** What config.json says of the text half beside its sizes. */
  readonly says: Readonly<Record<string, unknown>>;
}

export const WORDS = 'language_model.shared.weight';
export const HEAD = 'language_model.lm_head.weight';

const f32 = (name: string, ...dims: number[]): WeightSpec => ({ name, dims, type: 'F32' });
const pair = (name: string, ...dims: [number, ...number[]]) => [
  f32(`${name}.weight`, ...dims),
  f32(`${name}.bias`, dims[0]),
];
const times = <T>(count: number, make: (index: number) => T[]) =>
  Array.from({ length: count }, (_, index) => make(index)).flat();
const at = (sizes: Readonly<Record<string, number>>, name: string): number => {
  const size = sizes[name];
  if (size === undefined) throw new Error(`The case has no ${name}.`);
  return size;
};

function vision({ vision: v }: Blip2Case): WeightSpec[] {
  const [width, wide, patch] = ['hidden_size', 'intermediate_size', 'patch_size'].map((name) => at(v, name)) as [
    number,
    number,
    number,
  ];
  return [
    f32('vision_model.embeddings.class_embedding', 1, 1, width),
    f32('vision_model.embeddings.position_embedding', 1, (at(v, 'image_size') / patch) ** 2 + 1, width),
    ...pair('vision_model.embeddings.patch_embedding', width, 3, patch, patch),
    ...times(at(v, 'num_hidden_layers'), (index) => {
      const name = `vision_model.encoder.layers.${index}`;
      return [
        ...pair(`${name}.self_attn.qkv`, 3 * width, width),
        ...pair(`${name}.self_attn.projection`, width, width),
        ...pair(`${name}.layer_norm1`, width),
        ...pair(`${name}.mlp.fc1`, wide, width),
        ...pair(`${name}.mlp.fc2`, width, wide),
        ...pair(`${name}.layer_norm2`, width),
      ];
    }),
    ...pair('vision_model.post_layernorm', width),
  ];
}

function attention(name: string, width: number, seen: number): WeightSpec[] {
  return [
    ...pair(`${name}.attention.query`, width, width),
    ...pair(`${name}.attention.key`, width, seen),
    ...pair(`${name}.attention.value`, width, seen),
    ...pair(`${name}.output.dense`, width, width),
    ...pair(`${name}.output.LayerNorm`, width),
  ];
}

function qformer({ qformer: q, vision: v, queries }: Blip2Case): WeightSpec[] {
  const [width, wide] = [at(q, 'hidden_size'), at(q, 'intermediate_size')];
  return [
    f32('query_tokens', 1, queries, width),
    ...pair('qformer.layernorm', width),
    ...times(at(q, 'num_hidden_layers'), (index) => {
      const name = `qformer.encoder.layer.${index}`;
      const looks = index % at(q, 'cross_attention_frequency') === 0;
      return [
        ...attention(`${name}.attention`, width, width),
        ...(looks ? attention(`${name}.crossattention`, width, at(v, 'hidden_size')) : []),
        ...pair(`${name}.intermediate_query.dense`, wide, width),
        ...pair(`${name}.output_query.dense`, width, wide),
        ...pair(`${name}.output_query.LayerNorm`, width),
      ];
    }),
  ];
}

function t5({ text: t }: Blip2Case, part: 'encoder' | 'decoder'): WeightSpec[] {
  const [width, wide, heads] = [at(t, 'd_model'), at(t, 'd_ff'), at(t, 'num_heads')];
  const inner = heads * at(t, 'd_kv');
  const asks = (name: string) => [
    ...['q', 'k', 'v'].map((one) => f32(`${name}.${one}.weight`, inner, width)),
    f32(`${name}.o.weight`, width, inner),
  ];
  const name = `language_model.${part}`;
  return [
    ...times(at(t, part === 'encoder' ? 'num_layers' : 'num_decoder_layers'), (index) => {
      const layer = (place: number) => `${name}.block.${index}.layer.${place}`;
      const last = part === 'encoder' ? 1 : 2;
      const table = `${layer(0)}.SelfAttention.relative_attention_bias.weight`;
      return [
        ...asks(`${layer(0)}.SelfAttention`),
        ...(index === 0 ? [f32(table, at(t, 'relative_attention_num_buckets'), heads)] : []),
        ...(part === 'decoder' ? asks(`${layer(1)}.EncDecAttention`) : []),
        f32(`${layer(last)}.DenseReluDense.wi_0.weight`, wide, width),
        f32(`${layer(last)}.DenseReluDense.wi_1.weight`, wide, width),
        f32(`${layer(last)}.DenseReluDense.wo.weight`, width, wide),
        ...Array.from({ length: last + 1 }, (_, place) => f32(`${layer(place)}.layer_norm.weight`, width)),
      ];
    }),
    f32(`${name}.final_layer_norm.weight`, width),
  ];
}

/** Names, shapes and order of the tensors that transformers saves, each once. */
export function blip2Layout(tiny: Blip2Case): WeightSpec[] {
  const { text, qformer: q } = tiny;
  const words: [number, number] = [at(text, 'vocab_size'), at(text, 'd_model')];
  return [
    ...vision(tiny),
    ...qformer(tiny),
    ...pair('language_projection', words[1], at(q, 'hidden_size')),
    f32(WORDS, ...words),
    ...t5(tiny, 'encoder'),
    ...t5(tiny, 'decoder'),
    ...(tiny.tied ? [] : [f32(HEAD, ...words)]),
  ];
}

/** Half-width and centre of a weight's uniform distribution, the same as in tests/oracle/make_blip2_reference.py. */
export function blip2Amplitude(name: string, dims: readonly number[], small: number): { half: number; centre: number } {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  if (name.toLowerCase().includes('norm')) {
    return leaf === 'weight' ? { half: 0.35, centre: 1 } : { half: 0.17, centre: 0 };
  }
  if (leaf === 'bias') return { half: 0.35, centre: 0 };
  if (name.includes('relative_attention_bias')) return { half: 2.6, centre: 0 };
  if (name === HEAD) return { half: 0.4, centre: 0 };
  if (
    name.includes('shared') ||
    name === 'query_tokens' ||
    leaf === 'class_embedding' ||
    leaf === 'position_embedding'
  ) {
    return { half: 1.7 * small, centre: 0 };
  }
  const half = 2.25 / dims.slice(1).reduce((product, dim) => product * dim, 1) ** 0.5;
  if (name.includes('patch_embedding') || name.includes('language_projection'))
    return { half: half * small, centre: 0 };
  const isLarger = name.includes('.decoder.') && /\.(k|o|wo)\./.test(name);
  return { half: half * (isLarger ? 2 : 1), centre: 0 };
}
