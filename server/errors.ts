import type { ErrorBody } from './contract/error';
import { EVALUATION_ERRORS } from './evaluation-errors';
import { LANGUAGE_ERRORS } from './language-errors';
import { MODEL_ERRORS } from './model-errors';
import { PAIRING_ERRORS } from './pairing-errors';
import { START_ERRORS, type CatalogueEntry } from './start-errors';
import { VIDEO_ERRORS } from './video-errors';

/**
 * Every error a client can meet. The message is a plain sentence that says what to do; docs/errors.md is generated
 * from this list, and a test compares the two in both directions. Codes are never reused for another meaning.
 */
export const CATALOGUE = {
  ...START_ERRORS,
  ...MODEL_ERRORS,
  ...PAIRING_ERRORS,
  ...LANGUAGE_ERRORS,
  ...VIDEO_ERRORS,
  ...EVALUATION_ERRORS,
  BAD_REQUEST: { status: 400, message: 'The request is not in the form this route expects.', retryable: false },
  BODY_MISSING: { status: 400, message: 'The request has no body; send the bytes of the image.', retryable: false },
  HOST_REFUSED: { status: 400, message: 'The Host header is not one this sidecar answers to.', retryable: false },
  IMAGE_MISSING: { status: 400, message: 'The request holds no picture; a picture is needed.', retryable: false },
  TOO_MANY_IMAGES: { status: 400, message: 'The request holds more pictures than this route takes.', retryable: false },
  PARAMETER_UNSUPPORTED: {
    status: 400,
    message: 'The request asks for something that a captioning model cannot do.',
    retryable: false,
  },
  KEY_MISSING: { status: 401, message: 'Send the site key as "Authorization: Bearer <key>".', retryable: false },
  KEY_INVALID: { status: 401, message: 'The key is unknown, expired or revoked.', retryable: false },
  SCOPE_MISSING: { status: 403, message: 'The key is valid but not for this route.', retryable: false },
  DEMONSTRATION_NOT_USED: {
    status: 503,
    message: 'Its model is a demonstration, and a machine with a real model is here; pull that model on this one too.',
    retryable: true,
  },
  NOT_FOUND: { status: 404, message: 'There is nothing here under that name.', retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This address exists, but not for this method.', retryable: false },
  CURSOR_EXPIRED: {
    status: 410,
    message:
      'The feed no longer reaches back to this cursor: read the lists again, then go on from the cursor in details.next.',
    retryable: false,
  },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.', retryable: true },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    message: 'This Idempotency-Key was used for a different request.',
    retryable: false,
  },
  START_REFUSED: {
    status: 409,
    message: 'The job cannot be started now; details.state has its state. Take the next one.',
    retryable: false,
  },
  SUGGESTION_CHANGED: {
    status: 409,
    message: 'Somebody changed this suggestion since you saw it; load it again.',
    retryable: false,
  },
  DECISION_NOT_POSSIBLE: {
    status: 409,
    message: 'A suggestion in this state cannot be decided that way.',
    retryable: false,
  },
  WRITE_BACK_NOT_POSSIBLE: {
    status: 409,
    message: 'Only an approved or decorative suggestion can be written back.',
    retryable: false,
  },
  JOB_NOT_POSSIBLE: { status: 409, message: 'A job in this state cannot be changed that way.', retryable: false },
  RUN_NOT_POSSIBLE: { status: 409, message: 'A run in this state cannot be changed that way.', retryable: false },
  KEY_ENDED: {
    status: 409,
    message: 'This key has expired or was revoked and cannot be rotated; make a new one.',
    retryable: false,
  },
  INSTANCE_CONFLICT: {
    status: 409,
    message:
      'This instance already speaks for another address, or from another database; answer with POST /v1/instances/{id} whether the site has moved or is a copy.',
    retryable: false,
  },
  LEASE_LOST: { status: 409, message: 'This job has ended, or has been handed to another worker.', retryable: false },
  IMAGE_TOO_LARGE: {
    status: 413,
    message: 'The image has more bytes than is accepted here; send a smaller copy.',
    retryable: false,
  },
  BODY_TOO_LARGE: { status: 413, message: 'The request body is larger than this route accepts.', retryable: false },
  IMAGE_TYPE_UNSUPPORTED: {
    status: 415,
    message: 'This is not a JPEG, PNG, WebP, GIF, AVIF or TIFF image.',
    retryable: false,
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    message: 'Send the image itself, or a JSON body with the content type application/json.',
    retryable: false,
  },
  HASH_MISMATCH: {
    status: 422,
    message: 'The bytes do not have the sha256 that the address names.',
    retryable: false,
  },
  IMAGE_CORRUPT: {
    status: 422,
    message: 'The image is damaged and cannot be decoded; put a whole copy in its place.',
    retryable: false,
  },
  IMAGE_TOO_MANY_PIXELS: {
    status: 422,
    message: 'The image has more pixels than is accepted here; send a smaller copy.',
    retryable: false,
  },
  IMAGE_UNKNOWN: {
    status: 422,
    message: 'No image with this sha256 is stored; send it first with PUT /v1/images/{sha256}.',
    retryable: false,
  },
  FILE_UNREADABLE: {
    status: 422,
    message:
      'The file cannot be read: it is not there, is a folder, or may not be opened; look at its path and its rights.',
    retryable: false,
  },
  URL_INPUT_OFF: {
    status: 422,
    message: 'This sidecar does not fetch pictures from addresses; send the picture itself.',
    retryable: false,
  },
  URL_BLOCKED: {
    status: 422,
    message: 'Pictures are not fetched from this address; send the picture itself.',
    retryable: false,
  },
  URL_FETCH_FAILED: {
    status: 422,
    message: 'The picture could not be fetched from its address; send the picture itself.',
    retryable: true,
  },
  WEBHOOK_TARGET_REFUSED: {
    status: 422,
    message:
      'Webhooks are not sent to this address; a private one must be listed in ALTSMITH_WEBHOOK_ORIGINS by the owner of the sidecar.',
    retryable: false,
  },
  CAPTION_MODEL_MISSING: {
    status: 422,
    message: 'The loaded model only answers questions; use one that writes captions, such as blip-base.',
    retryable: false,
  },
  QUESTION_MODEL_MISSING: {
    status: 422,
    message: 'The loaded model cannot answer questions; use one that can, such as blip-vqa-base.',
    retryable: false,
  },
  PROMPT_NOT_POSSIBLE: {
    status: 422,
    message: 'The loaded model cannot continue a prompt; leave it out, or use a model that can, such as blip-base.',
    retryable: false,
  },
  TASK_NOT_POSSIBLE: {
    status: 422,
    message:
      'The loaded model cannot do this task; `altsmith models list` and `model.tasks` of `GET /v1/status` name those that models can, florence-2-base-ft does all.',
    retryable: false,
  },
  HEADERS_TOO_LARGE: { status: 431, message: 'The headers of the request are too long.', retryable: false },
  RATE_LIMITED: { status: 429, message: 'Too many requests; wait and try again.', retryable: true },
  SITE_FULL: {
    status: 429,
    message:
      'The pictures of this site take all the bytes it may store; send the picture again later, or raise the limit of the site.',
    retryable: true,
  },
  INSTANCES_FULL: {
    status: 409,
    message:
      'A thousand installations speak for this site already; send the Altsmith-Instance of one of them, or make another site.',
    retryable: false,
  },
  QUEUE_FULL: { status: 429, message: 'The queue is full; try again later.', retryable: true },
  INTERNAL: {
    status: 500,
    message: 'Something went wrong inside the sidecar; its log has the request id.',
    retryable: true,
  },
  DECODE_CRASHED: { status: 502, message: 'The worker process ended while it held this image.', retryable: true },
  IMAGE_TRANSFER_FAILED: { status: 502, message: 'The picture did not reach the worker whole.', retryable: true },
  SIDECAR_UNREACHABLE: { status: 503, message: 'No sidecar answers; check ALTSMITH_WORKER_API.', retryable: true },
  JOB_INTERRUPTED: {
    status: 502,
    message: 'The process that held this job ended too many times before it was done.',
    retryable: true,
  },
  SITE_MISSING: {
    status: 503,
    message: 'The sidecar has no site yet; make one with "altsmith sites create NAME".',
    retryable: true,
  },
  MODEL_UNAVAILABLE: { status: 503, message: 'The model is still loading or could not be loaded.', retryable: true },
  MODEL_FILE_MISSING: {
    status: 503,
    message: 'A file of the model is missing; run "altsmith models pull" or choose another model.',
    retryable: true,
  },
  MODEL_FILE_DAMAGED: {
    status: 503,
    message: 'A file of the model is cut or damaged; pull the model again, or convert it again if it is your own.',
    retryable: true,
  },
  MODEL_SERVER_UNREACHABLE: {
    status: 503,
    message: 'The model server cannot be reached; start it, or correct ALTSMITH_MODEL_SERVER.',
    retryable: true,
  },
  MODEL_SERVER_REFUSED: {
    status: 503,
    message: 'The model server refuses; correct ALTSMITH_MODEL_SERVER, or its key or model in the settings beside it.',
    retryable: true,
  },
  MODEL_SERVER_BUSY: { status: 503, message: 'The model server has too much to do; try again later.', retryable: true },
  MODEL_SERVER_FAILED: {
    status: 502,
    message: 'The model server failed, or did not answer in the form of OpenAI’s chat completions.',
    retryable: true,
  },
  MODEL_REPLY_UNUSABLE: {
    status: 502,
    message: 'The model answered without a usable text; write one yourself, or use another model.',
    retryable: false,
  },
  SIDECAR_BUSY: {
    status: 503,
    message: 'Too many requests are arriving at once; wait a moment and try again.',
    retryable: true,
  },
  STORAGE_FULL: { status: 503, message: 'The disk is full; free some space and try again.', retryable: true },
  STORAGE_UNAVAILABLE: { status: 503, message: 'The data folder cannot be written to at present.', retryable: true },
  DATABASE_BUSY: {
    status: 503,
    message: 'Another process has been writing to the database for some seconds; try again in a moment.',
    retryable: true,
  },
  SHUTTING_DOWN: { status: 503, message: 'The sidecar is stopping; try again in a moment.', retryable: true },
  CAPTION_TIMEOUT: { status: 504, message: 'Captioning took too long and was stopped.', retryable: true },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof CATALOGUE;

/** True for a string that names an entry of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** An error of the catalogue. `details` reach the client: never a path, SQL, a key or text of another site. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(`${code}: ${CATALOGUE[code].message}`, options);
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }

  get retryable(): boolean {
    return CATALOGUE[this.code].retryable;
  }

  /** The plain sentence of the catalogue, without the code. */
  get sentence(): string {
    return CATALOGUE[this.code].message;
  }

  /** The inside of the JSON answer. */
  toBody(requestId?: string): ErrorBody {
    return {
      code: this.code,
      message: this.sentence,
      retryable: this.retryable,
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...(Object.keys(this.details).length === 0 ? {} : { details: { ...this.details } }),
    };
  }
}

/** Any thrown value as an AppError; what is not one of ours becomes INTERNAL and keeps its cause. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : new AppError('INTERNAL', {}, { cause: thrown });
}
