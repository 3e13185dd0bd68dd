import path from 'node:path';
import { z } from 'zod';
import { hasCheckpointFile, readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { ModelError } from '../../model-error';
import { contradiction, Preprocessor, type Normalisation } from '../../checkpoint/preprocessor';

/** Of every official checkpoint: ImageNet's colours, 768 pixels. */
const SIDE = 768;
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** transformers 4 also writes a processor_config.json, with the names of classes only. */
const Processor = z.object({ image_processor: Preprocessor.optional() });

function readWish(folder: string): { wish: z.infer<typeof Preprocessor>; name: string } {
  const [whole, images] = ['processor_config.json', 'preprocessor_config.json'];
  if (hasCheckpointFile(folder, whole)) {
    const wish = readCheckpointJson(Processor, folder, whole).image_processor;
    if (wish !== undefined) return { wish, name: whole };
  }
  if (!hasCheckpointFile(folder, images)) return { wish: {}, name: images };
  return { wish: readCheckpointJson(Preprocessor, folder, images), name: images };
}

/** How the pictures of a checkpoint are prepared. Throws ModelError when it is in another way than the graphs do it. */
export function readPictures(folder: string): Normalisation & { readonly side: number } {
  const { wish, name } = readWish(folder);
  const { height: side, width } = wish.size ?? { height: SIDE, width: SIDE };
  const problem = width === side ? contradiction(wish, side) : `size is ${side}x${width}, but only squares are known`;
  if (problem !== null) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${path.join(folder, name)} cannot be followed: ${problem}.`);
  }
  if (wish.do_normalize === false) return { side, mean: [0, 0, 0], deviation: [1, 1, 1] };
  return { side, mean: wish.image_mean ?? MEAN, deviation: wish.image_std ?? DEVIATION };
}
