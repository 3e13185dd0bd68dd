import type { WeightSpec } from './weights';

/** The sizes that decide which tensors a Florence-2 checkpoint has, and the rest of a case of tests/fixtures/florence-oracle/cases.json. */
export interface FlorenceCase {
  readonly name: string;
  readonly seed: number;
  readonly ending: number;
  readonly side: number;
  readonly window: number;
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  readonly heads: readonly number[];
  readonly groups: readonly number[];
  readonly width: number;
  /** Of encoder and decoder, as the next two. */
  readonly layers: readonly [number, number];
  readonly text_heads: readonly [number, number];
  readonly ffn: readonly [number, number];
  readonly positions: number;
  readonly scaled: boolean;
  readonly rules: Readonly<Record<string, unknown>>;
}

export type FlorenceLayout = 'microsoft' | 'transformers';

export const WORDS = 'model.language_model.shared.weight';
const VISION = 'model.vision_tower';
const PROJECTOR = 'model.multi_modal_projector';

const f32 = (name: string, ...dims: number[]): WeightSpec => ({ name, dims, type: 'F32' });
const pair = (name: string, ...dims: [number, ...number[]]) => [
  f32(`${name}.weight`, ...dims),
  f32(`${name}.bias`, dims[0]),
];

function half(name: string, attention: string, width: number): WeightSpec[] {
  return [
    ...pair(`${name}.conv1`, width, 1, 3, 3),
    ...pair(`${name}.norm1`, width),
    ...pair(`${name}.${attention}.qkv`, 3 * width, width),
    ...pair(`${name}.${attention}.proj`, width, width),
    ...pair(`${name}.conv2`, width, 1, 3, 3),
    ...pair(`${name}.norm2`, width),
    ...pair(`${name}.ffn.fc1`, 4 * width, width),
    ...pair(`${name}.ffn.fc2`, width, 4 * width),
  ];
}

function vision({ widths, depths }: FlorenceCase): WeightSpec[] {
  return widths.flatMap((width, stage) => {
    const before = widths[stage - 1] ?? 3;
    const kernel = stage === 0 ? 7 : 3;
    return [
      ...pair(`${VISION}.convs.${stage}.conv`, width, before, kernel, kernel),
      ...pair(`${VISION}.convs.${stage}.norm`, stage === 0 ? width : before),
      ...Array.from({ length: depths[stage]! }, (_, index) => {
        const name = `${VISION}.blocks.${stage}.${index}`;
        return [
          ...half(`${name}.spatial_block`, 'window_attn', width),
          ...half(`${name}.channel_block`, 'channel_attn', width),
        ];
      }).flat(),
    ];
  });
}

function attention(name: string, width: number): WeightSpec[] {
  const products = ['q_proj', 'k_proj', 'v_proj', 'out_proj'].flatMap((part) => pair(`${name}.${part}`, width, width));
  return [...products, ...pair(`${name}_layer_norm`, width)];
}

function text(tiny: FlorenceCase, part: 'encoder' | 'decoder'): WeightSpec[] {
  const { width } = tiny;
  const at = part === 'encoder' ? 0 : 1;
  const name = `model.language_model.${part}`;
  return [
    f32(`${name}.embed_positions.weight`, tiny.positions + 2, width),
    ...pair(`${name}.layernorm_embedding`, width),
    ...Array.from({ length: tiny.layers[at] }, (_, index) => [
      ...attention(`${name}.layers.${index}.self_attn`, width),
      ...(part === 'decoder' ? attention(`${name}.layers.${index}.encoder_attn`, width) : []),
      ...pair(`${name}.layers.${index}.fc1`, tiny.ffn[at], width),
      ...pair(`${name}.layers.${index}.fc2`, width, tiny.ffn[at]),
      ...pair(`${name}.layers.${index}.final_layer_norm`, width),
    ]).flat(),
  ];
}

/** Names, shapes and order of the tensors in a checkpoint that transformers saves. */
export function florenceLayout(tiny: FlorenceCase, words: number): WeightSpec[] {
  const last = tiny.widths.at(-1)!;
  return [
    ...vision(tiny),
    f32(`${PROJECTOR}.image_projection.weight`, tiny.width, last),
    ...pair(`${PROJECTOR}.image_proj_norm`, tiny.width),
    f32(`${PROJECTOR}.image_position_embed.row_embeddings.weight`, 50, Math.floor(last / 2)),
    f32(`${PROJECTOR}.image_position_embed.column_embeddings.weight`, 50, last - Math.floor(last / 2)),
    f32(`${PROJECTOR}.visual_temporal_embed.pos_idx_to_embed`, 100, last),
    f32(WORDS, words, tiny.width),
    ...text(tiny, 'encoder'),
    ...text(tiny, 'decoder'),
  ];
}

/** Microsoft's name of a tensor of transformers; the projection is turned besides. */
export function microsoftName(name: string): string {
  const place = /^(.*_block)\.(.*)$/.exec(name.replace(/^model\./, ''));
  if (place !== null) {
    const [, block = '', rest = ''] = place;
    const kind = block.endsWith('spatial_block') ? 'window_attn' : 'channel_attn';
    const renamed = rest
      .replace(/^(conv\d)\./, '$1.fn.dw.')
      .replace(/^norm1\./, `${kind}.norm.`)
      .replace(/^norm2\./, 'ffn.norm.')
      .replace(/^(window_attn|channel_attn)\.(qkv|proj)\./, '$1.fn.$2.')
      .replace(/^ffn\.(fc\d)\./, 'ffn.fn.net.$1.');
    return `${block}.${renamed}`;
  }
  return name
    .replace(/^model\.vision_tower\.convs\.(\d)\.conv\./, 'vision_tower.convs.$1.proj.')
    .replace(/^model\.vision_tower\./, 'vision_tower.')
    .replace(/^model\.multi_modal_projector\.image_projection\.weight$/, 'image_projection')
    .replace(/^model\.multi_modal_projector\.image_position_embed\./, 'image_pos_embed.')
    .replace(/^model\.multi_modal_projector\./, '')
    .replace(/^model\.language_model\./, 'language_model.model.');
}

/** Half-width and centre of a weight's uniform distribution, the same as in tests/oracle/make_florence_reference.py. */
export function florenceAmplitude(name: string, dims: readonly number[]): { half: number; centre: number } {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  if (name.includes('norm')) return { half: 0.17, centre: leaf === 'weight' ? 1 : 0 };
  if (leaf === 'bias') return { half: 0.17, centre: 0 };
  if (leaf === 'pos_idx_to_embed') return { half: 1, centre: 0 };
  if (name === WORDS) return { half: 0.78, centre: 0 };
  const isDecoder = name.includes('.decoder.');
  if (name.includes('embed_positions')) return { half: isDecoder ? 2.6 : 1.04, centre: 0 };
  if (dims.length === 4 && dims[1] === 1) return { half: 0.26, centre: 0 };
  const lively = /q_proj|k_proj/.test(name) ? 3 : /out_proj|fc2/.test(name) ? 2 : 1;
  const fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1);
  return { half: (2.25 * (isDecoder ? lively : 1)) / fanIn ** 0.5, centre: 0 };
}
