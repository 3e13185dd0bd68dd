import type { WeightSpec } from './weights';

/** The sizes that decide which tensors a BLIP checkpoint has; names as in config.json. */
export interface BlipSizes {
  readonly vision: {
    readonly hidden_size: number;
    readonly intermediate_size: number;
    readonly num_hidden_layers: number;
    readonly image_size: number;
    readonly patch_size: number;
  };
  readonly text: {
    readonly hidden_size: number;
    readonly intermediate_size: number;
    readonly num_hidden_layers: number;
    readonly max_position_embeddings: number;
    readonly vocab_size: number;
  };
  readonly question: boolean;
}

const f32 = (name: string, ...dims: number[]): WeightSpec => ({ name, dims, type: 'F32' });
const pair = (name: string, out: number, inside: number) => [
  f32(`${name}.weight`, out, inside),
  f32(`${name}.bias`, out),
];
const norm = (name: string, width: number) => [f32(`${name}.weight`, width), f32(`${name}.bias`, width)];
const times = (count: number, make: (index: number) => WeightSpec[]) =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

function vision({ vision: v }: BlipSizes): WeightSpec[] {
  const width = v.hidden_size;
  const tokens = (v.image_size / v.patch_size) ** 2 + 1;
  return [
    f32('vision_model.embeddings.class_embedding', 1, 1, width),
    f32('vision_model.embeddings.position_embedding', 1, tokens, width),
    f32('vision_model.embeddings.patch_embedding.weight', width, 3, v.patch_size, v.patch_size),
    f32('vision_model.embeddings.patch_embedding.bias', width),
    ...times(v.num_hidden_layers, (index) => {
      const name = `vision_model.encoder.layers.${index}`;
      return [
        ...pair(`${name}.self_attn.qkv`, 3 * width, width),
        ...pair(`${name}.self_attn.projection`, width, width),
        ...norm(`${name}.layer_norm1`, width),
        ...pair(`${name}.mlp.fc1`, v.intermediate_size, width),
        ...pair(`${name}.mlp.fc2`, width, v.intermediate_size),
        ...norm(`${name}.layer_norm2`, width),
      ];
    }),
    ...norm('vision_model.post_layernorm', width),
  ];
}

function attention(name: string, width: number, seen: number): WeightSpec[] {
  return [
    ...pair(`${name}.self.query`, width, width),
    ...pair(`${name}.self.key`, width, seen),
    ...pair(`${name}.self.value`, width, seen),
    ...pair(`${name}.output.dense`, width, width),
    ...norm(`${name}.output.LayerNorm`, width),
  ];
}

function bert(name: string, sizes: BlipSizes): WeightSpec[] {
  const { text: t } = sizes;
  const width = t.hidden_size;
  return [
    { name: `${name}.embeddings.position_ids`, dims: [1, t.max_position_embeddings], type: 'I64' },
    f32(`${name}.embeddings.word_embeddings.weight`, t.vocab_size, width),
    f32(`${name}.embeddings.position_embeddings.weight`, t.max_position_embeddings, width),
    ...norm(`${name}.embeddings.LayerNorm`, width),
    ...times(t.num_hidden_layers, (index) => {
      const layer = `${name}.encoder.layer.${index}`;
      return [
        ...attention(`${layer}.attention`, width, width),
        ...attention(`${layer}.crossattention`, width, sizes.vision.hidden_size),
        ...pair(`${layer}.intermediate.dense`, t.intermediate_size, width),
        ...pair(`${layer}.output.dense`, width, t.intermediate_size),
        ...norm(`${layer}.output.LayerNorm`, width),
      ];
    }),
  ];
}

export const WORDS = 'text_decoder.bert.embeddings.word_embeddings.weight';
export const HEAD = 'text_decoder.cls.predictions.decoder.weight';
export const HEAD_BIAS = 'text_decoder.cls.predictions.bias';

/** Names, shapes and order of the tensors in an official BLIP checkpoint of these sizes. */
export function blipLayout(sizes: BlipSizes): WeightSpec[] {
  const { text: t } = sizes;
  return [
    ...vision(sizes),
    ...(sizes.question ? bert('text_encoder', sizes) : []),
    ...bert('text_decoder.bert', sizes),
    f32(HEAD_BIAS, t.vocab_size),
    ...pair('text_decoder.cls.predictions.transform.dense', t.hidden_size, t.hidden_size),
    ...norm('text_decoder.cls.predictions.transform.LayerNorm', t.hidden_size),
    f32(HEAD, t.vocab_size, t.hidden_size),
  ];
}
