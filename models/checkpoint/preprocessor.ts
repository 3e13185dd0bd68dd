import path from 'node:path';
import { z } from 'zod';
import { ModelError } from '../model-error';
import { side } from './bounds';
import { hasCheckpointFile, readCheckpointJson } from './checkpoint-json';

type Channels = readonly [number, number, number];

/** Means and deviations of the colour channels, on a scale of 0 to 1. */
export interface Normalisation {
  readonly mean: Channels;
  readonly deviation: Channels;
}

/** OPENAI_CLIP_MEAN and OPENAI_CLIP_STD, the defaults of transformers' BlipImageProcessor, as are those below. */
const MEAN: Channels = [0.48145466, 0.4578275, 0.40821073];
const DEVIATION: Channels = [0.26862954, 0.26130258, 0.27577711];
const BICUBIC = 3;
const RESCALE = 1 / 255;

const triple = (value: z.ZodType<number>) =>
  z.union([z.tuple([value, value, value]), value.transform((one): Channels => [one, one, one])]);
const Size = z.union([
  side.transform((both) => ({ height: both, width: both })),
  z.object({ height: side, width: side }),
]);
export const Preprocessor = z.object({
  do_resize: z.boolean().nullish(),
  size: Size.nullish(),
  resample: z.union([z.number(), z.string()]).nullish(),
  do_center_crop: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: triple(z.number()).nullish(),
  image_std: triple(z.number().positive()).nullish(),
});
export type Preprocessor = z.infer<typeof Preprocessor>;

/** What the graphs cannot do: they squeeze a picture to a square, bicubic, and divide by 255. Null: nothing. */
export function contradiction(wish: Preprocessor, side: number): string | null {
  const { size, resample } = wish;
  if (wish.do_resize === false) return 'do_resize is false, but pictures are always resized';
  if (wish.do_center_crop === true) return 'do_center_crop is true, but pictures are never cropped';
  if (size !== undefined && size !== null && (size.height !== side || size.width !== side)) {
    return `size is ${size.height}x${size.width}, but image_size in config.json is ${side}`;
  }
  if ((resample ?? BICUBIC) !== BICUBIC && resample !== 'bicubic') {
    return `resample is ${String(resample)}, but only bicubic (${BICUBIC}) is known`;
  }
  if (wish.do_rescale === false) return 'do_rescale is false, but colours are always divided by 255';
  const factor = wish.rescale_factor ?? RESCALE;
  return Math.abs(factor - RESCALE) > 1e-6 ? `rescale_factor is ${factor}, but only 1/255 is known` : null;
}

/** transformers 5 saves one file for pictures and words, and no preprocessor_config.json (huggingface/transformers#44623). */
const Processor = z.object({ image_processor: Preprocessor });
const OLD_FILE = 'preprocessor_config.json';
const NEW_FILE = 'processor_config.json';

function readWish(folder: string): { wish: Preprocessor; name: string } {
  if (hasCheckpointFile(folder, OLD_FILE) || !hasCheckpointFile(folder, NEW_FILE)) {
    return { wish: readCheckpointJson(Preprocessor, folder, OLD_FILE), name: OLD_FILE };
  }
  return { wish: readCheckpointJson(Processor, folder, NEW_FILE).image_processor, name: NEW_FILE };
}

/**
 * Reads how the pictures of a checkpoint are prepared, for a vision encoder that sees `side` pixels squared. Throws ModelError when it
 * is in another way than the graphs do it.
 */
export function readPreprocessor(folder: string, side: number): Normalisation {
  const { wish, name } = readWish(folder);
  const problem = contradiction(wish, side);
  if (problem !== null) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${path.join(folder, name)} cannot be followed: ${problem}.`);
  }
  if (wish.do_normalize === false) return { mean: [0, 0, 0], deviation: [1, 1, 1] };
  return { mean: wish.image_mean ?? MEAN, deviation: wish.image_std ?? DEVIATION };
}
