import { AppError, isErrorCode } from '../errors';
import type { Blame } from '../queue/queue';
import { isOverload } from '../queue/retry-policy';

/** What a worker elsewhere says of a failed attempt. */
export interface ToldFailure {
  readonly code: string;
  /** How the process that held the picture ended, where one did. */
  readonly signal?: string | undefined;
  /** The worker does other pictures well: the failure is this picture's. */
  readonly well?: boolean | undefined;
}

/**
 * What the failure means here: a worker cannot make an error retryable, and a picture whose bytes are here is not unknown. What is
 * said of a picture counts only from a machine that is known to do others.
 */
export function failureOf(
  { code, signal, well }: ToldFailure,
  known: { readonly hasBytes: boolean; readonly didPictures: boolean },
): { readonly error: AppError; readonly blame: Blame } {
  const told = isErrorCode(code) ? code : 'INTERNAL';
  const isMissed = told === 'IMAGE_UNKNOWN' && known.hasBytes;
  const error = new AppError(isMissed ? 'IMAGE_TRANSFER_FAILED' : told, signal === undefined ? {} : { signal });
  if (isOverload(error)) return { error, blame: well === true ? 'picture' : 'nobody' };
  // Workers of earlier versions try no picture of their own before they refuse one.
  const isVerdict = !error.retryable && !NEEDS_TRIAL.has(error.code) && known.didPictures;
  return { error, blame: (well === true && !isMissed) || isVerdict ? 'picture' : 'unknown' };
}

/** A model may say nothing usable about any picture, and a worker of an earlier version has limits of its own. */
const NEEDS_TRIAL: ReadonlySet<string> = new Set(['MODEL_REPLY_UNUSABLE', 'IMAGE_TOO_MANY_PIXELS']);
