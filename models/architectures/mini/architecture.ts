import { z } from 'zod';
import { damaged, type Checkpoint } from '../../checkpoint/checkpoint';

/** Side of the square that the picture is squashed to; EfficientNet-Lite2's own input size. */
export const IMAGE_SIZE = 260;

/** Stages of EfficientNet-Lite2 (tensorflow/tpu, efficientnet/lite): repeats after depth scaling by 1.2, and stride. */
const STAGES = [
  { repeats: 1, stride: 1 },
  { repeats: 3, stride: 2 },
  { repeats: 3, stride: 2 },
  { repeats: 4, stride: 2 },
  { repeats: 4, stride: 1 },
  { repeats: 5, stride: 2 },
  { repeats: 1, stride: 1 },
] as const;

/** Stride of each of the 21 blocks: only the first block of a stage shrinks the picture. */
export const BLOCK_STRIDES: readonly number[] = STAGES.flatMap(({ repeats, stride }) =>
  Array.from({ length: repeats }, (_, index) => (index === 0 ? stride : 1)),
);

/** Widths of the neck and the text decoder, as the training script stores them in the checkpoint. */
const Config = z.object({
  d: z.number().int(),
  heads: z.number().int(),
  layers: z.number().int(),
  ffn: z.number().int(),
  neck_layers: z.number().int(),
  neck_ffn: z.number().int(),
  feat: z.number().int(),
  grid: z.number().int(),
  max_len: z.number().int(),
});

export interface MiniArchitecture {
  readonly width: number;
  readonly heads: number;
  readonly headSize: number;
  readonly layers: number;
  readonly ffn: number;
  readonly neckLayers: number;
  readonly neckFfn: number;
  /** Channels of the encoder's last feature map. */
  readonly features: number;
  /** Side of that map in cells. */
  readonly grid: number;
  /** Rows of the decoder's position table. */
  readonly positions: number;
  /** One for the whole picture, one for each cell. */
  readonly imageTokens: number;
  readonly vocabulary: number;
  /** Classes of the image classifier; 0 without one. */
  readonly classes: number;
}

/** Reads the widths of a mini checkpoint. Throws ModelError when it is some other model's. */
export function readArchitecture(checkpoint: Checkpoint): MiniArchitecture {
  const parsed = Config.safeParse(parseJson(checkpoint.metadata['config'] ?? ''));
  const words = checkpoint.tensors.get('decoder.word.weight')?.dims[0];
  if (!parsed.success || words === undefined) throw damaged('given', 'it was not written by the training of mini');
  const config = parsed.data;
  return {
    width: config.d,
    heads: config.heads,
    headSize: config.d / config.heads,
    layers: config.layers,
    ffn: config.ffn,
    neckLayers: config.neck_layers,
    neckFfn: config.neck_ffn,
    features: config.feat,
    grid: config.grid,
    positions: config.max_len,
    imageTokens: config.grid ** 2 + 1,
    vocabulary: words,
    classes: checkpoint.tensors.get('classifier.bias')?.dims[0] ?? 0,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A foreign checkpoint has no such note; the schema's refusal says so.
    return undefined;
  }
}
