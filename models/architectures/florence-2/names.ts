import { CHECKPOINT_TYPES, type Checkpoint, type TensorEntry } from '../../checkpoint/checkpoint';

/** The names of transformers' own layout; Microsoft's are turned into them. */
export const VISION = 'model.vision_tower';
export const PROJECTOR = 'model.multi_modal_projector';
export const TEXT = 'model.language_model';
export const WORDS = `${TEXT}.shared.weight`;
export const HEAD = 'lm_head.weight';
export const HEAD_BIAS = 'final_logits_bias';
export const PROJECTION = `${PROJECTOR}.image_projection.weight`;

/** Microsoft stores it as [vision width, text width]; transformers as a linear layer's weight, the other way round. */
const MICROSOFT_PROJECTION = 'image_projection';

/** Applied one after the other. Microsoft's modelling code at its hub repositories against transformers 5 (models/florence2). */
const RENAMINGS: readonly (readonly [RegExp, string])[] = [
  [/^vision_tower\.convs\.(\d+)\.proj\./, 'vision_tower.convs.$1.conv.'],
  [/\.(conv[12])\.fn\.dw\./, '.$1.'],
  [/\.(?:window|channel)_attn\.norm\./, '.norm1.'],
  [/\.(window|channel)_attn\.fn\./, '.$1_attn.'],
  [/\.ffn\.norm\./, '.norm2.'],
  [/\.ffn\.fn\.net\./, '.ffn.'],
  [/^vision_tower\./, `${VISION}.`],
  [/^image_projection$/, PROJECTION],
  [/^image_pos_embed\./, `${PROJECTOR}.image_position_embed.`],
  [/^(image_proj_norm|visual_temporal_embed)\./, `${PROJECTOR}.$1.`],
  [/^language_model\.model\./, `${TEXT}.`],
  [/^language_model\.(lm_head\.weight|final_logits_bias)$/, '$1'],
];

/** `florence-2` as Microsoft published it, or as transformers saves it. */
export type Layout = 'microsoft' | 'transformers';

export function layoutOf(checkpoint: Checkpoint): Layout {
  return [...checkpoint.tensors.keys()].some((name) => name.startsWith('vision_tower.')) ? 'microsoft' : 'transformers';
}

export function canonicalName(name: string): string {
  // An early conversion of transformers used another name for the projector.
  if (name.startsWith('model.')) return name.replace(/^model\.vision_projector\./, `${PROJECTOR}.`);
  return RENAMINGS.reduce((renamed, [from, to]) => renamed.replace(from, to), name);
}

/** [rows, columns] → [columns, rows] of elements of so many bytes. */
function transposeBytes(bytes: Uint8Array, [rows, columns]: readonly number[], size: number): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at * size < bytes.length; at++) {
    const to = (at % (columns ?? 1)) * (rows ?? 1) + Math.floor(at / (columns ?? 1));
    turned.set(bytes.subarray(at * size, (at + 1) * size), to * size);
  }
  return turned;
}

/** The same checkpoint under transformers' names, whichever layout it has. */
export function underOneLayout(checkpoint: Checkpoint): Checkpoint {
  const stored = new Map([...checkpoint.tensors.keys()].map((name) => [canonicalName(name), name]));
  const turned = checkpoint.tensors.get(MICROSOFT_PROJECTION);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of checkpoint.tensors) {
    const dims = name === MICROSOFT_PROJECTION ? [...entry.dims].reverse() : entry.dims;
    tensors.set(canonicalName(name), { ...entry, dims });
  }
  return {
    tensors,
    metadata: checkpoint.metadata,
    read: (name, part) => {
      const bytes = checkpoint.read(stored.get(name) ?? name, part);
      if (name !== PROJECTION || turned === undefined) return bytes;
      return transposeBytes(bytes, turned.dims, CHECKPOINT_TYPES[turned.type]);
    },
    close: () => checkpoint.close(),
  };
}
