import { z } from 'zod';
import { AppError } from '../../errors';
import type { Prediction } from '../../predictions/prediction';
import type { Services, SiteServices } from '../services';
import { intentOf } from './intent';
import { spoolPicture } from './picture';
import { captionOptions } from './tell';

/** Fields that captioning models on prediction APIs take. The picture goes by several names. */
export const PredictionInput = z.looseObject({
  image: z.string().optional(),
  image_url: z.string().optional(),
  img: z.string().optional(),
  prompt: z.string().max(200).nullish(),
  question: z.string().max(300).nullish(),
  task: z.string().max(100).nullish(),
  caption: z.boolean().nullish(),
  max_new_tokens: z.number().int().min(1).max(1_000_000).optional(),
});
export type PredictionInput = z.infer<typeof PredictionInput>;

export interface PredictionWish {
  readonly model: string;
  readonly version: string;
  readonly input: PredictionInput;
  readonly webhook?: { readonly url: string; readonly secret: string | null };
}

interface Place {
  readonly site: SiteServices;
  readonly services: Services;
  /** sha256 of a picture that was uploaded before, when the text is one of our own addresses; else null. */
  readonly uploaded?: (text: string) => string | null;
}

/** Only these come back in answers: one client sends its own key in `input` by mistake. */
function echoOf({ prompt, question, task, caption }: PredictionInput): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ prompt, question, task, caption }).filter(([, value]) => value !== undefined && value !== null),
  );
}

async function storedPicture(input: PredictionInput, { site, services, uploaded }: Place): Promise<string> {
  const text = input.image ?? input.image_url ?? input.img;
  if (text === undefined || text === '') throw new AppError('IMAGE_MISSING');
  const sha256 = uploaded?.(text) ?? null;
  if (sha256 !== null) {
    if (site.images.get(sha256)?.hasOriginal !== true) throw new AppError('IMAGE_UNKNOWN');
    return sha256;
  }
  return (await site.images.put(await spoolPicture(text, { services, siteId: site.id }))).image.sha256;
}

/** Stores the picture and the run, and wakes the worker. The run is on disk when this returns. */
export async function createPrediction(wish: PredictionWish, place: Place): Promise<Prediction> {
  const { input } = wish;
  const imageSha256 = await storedPicture(input, place);
  // `caption` and `task` win over a question that happens to be there too, often as an empty string.
  const isCaption = input.caption === true || input.task === 'image_captioning';
  const fields = {
    ...(isCaption || typeof input.question !== 'string' ? {} : { question: input.question }),
    ...(typeof input.prompt === 'string' ? { prompt: input.prompt } : {}),
  };
  const options = captionOptions({ intent: intentOf(fields, undefined), maxTokens: input.max_new_tokens });
  const { model, version, webhook } = wish;
  const prediction = place.site.predictions.create({
    model,
    version,
    input: echoOf(input),
    imageSha256,
    options,
    ...(webhook === undefined ? {} : { webhook }),
  });
  place.services.predictions.created(prediction.id);
  return prediction;
}

/** The run as it is after at most `seconds`. Throws NOT_FOUND. */
export async function awaitPrediction(
  id: string,
  seconds: number,
  { site, services, signal }: { site: SiteServices; services: Services; signal: AbortSignal },
): Promise<Prediction> {
  const before = site.predictions.get(id);
  if (before === null) throw new AppError('NOT_FOUND');
  if (before.state !== 'starting' || seconds <= 0) return before;
  await services.predictions.ended(id, seconds * 1000, signal);
  const after = site.predictions.get(id);
  // Erased meanwhile.
  if (after === null) throw new AppError('NOT_FOUND');
  return after;
}

/** Cancels a prediction and the work on it. Returns it as it is then. Throws NOT_FOUND. */
export function cancelPrediction(
  id: string,
  { site, services }: { site: SiteServices; services: Services },
): Prediction {
  const prediction = site.predictions.cancel(id);
  services.predictions.cancelled(id);
  return prediction;
}
