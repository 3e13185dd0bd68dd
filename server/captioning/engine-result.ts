import type { Caption } from '../../models/captioner';
import { WorkerResult, type Readings } from '../contract/worker';
import { AppError } from '../errors';
import type { EngineResult } from './engine';

/** What is kept of a result is what a worker on another machine sends. */
export const StoredResult = WorkerResult;
export type StoredResult = WorkerResult;

/** The result of a request without a question. */
export type CaptionResult = Pick<EngineResult, 'model' | 'image' | 'words' | 'timingsMs'> & {
  readonly caption: Caption;
  readonly readings: Readings;
};

/** Throws INTERNAL when the engine answered a question instead. */
export function captionOf(result: EngineResult): CaptionResult {
  const { model, image, caption, readings, words, timingsMs } = result;
  if (caption === null || readings === null) throw new AppError('INTERNAL', { reason: 'the engine gave no caption' });
  return { model, image, caption, readings, ...(words === undefined ? {} : { words }), timingsMs };
}
