import type { AppError, ErrorCode } from '../../../errors';
import { fullSentence, isBelow, problemsOf, retryHeaders, type Face } from '../face';

interface Shape {
  readonly status?: number;
  readonly code: string;
  readonly param?: string;
}

const PICTURE: Shape = { status: 400, code: 'invalid_image', param: 'messages' };
const ADDRESS: Shape = { status: 400, code: 'image_url_not_allowed', param: 'messages' };
const KEY: Shape = { status: 401, code: 'invalid_api_key' };

/** Codes that OpenAI's clients and their users know. Pictures are 400: 413, 415 and 422 have no class of their own. */
const SHAPES: Partial<Record<ErrorCode, Shape>> = {
  KEY_MISSING: KEY,
  KEY_INVALID: KEY,
  MODEL_UNKNOWN: { code: 'model_not_found', param: 'model' },
  IMAGE_MISSING: { code: 'missing_image', param: 'messages' },
  TOO_MANY_IMAGES: { code: 'too_many_images', param: 'messages' },
  BODY_MISSING: PICTURE,
  IMAGE_CORRUPT: PICTURE,
  IMAGE_TOO_LARGE: PICTURE,
  IMAGE_TOO_MANY_PIXELS: PICTURE,
  IMAGE_TYPE_UNSUPPORTED: PICTURE,
  URL_BLOCKED: ADDRESS,
  URL_FETCH_FAILED: ADDRESS,
  URL_INPUT_OFF: ADDRESS,
  PARAMETER_UNSUPPORTED: { code: 'unsupported_parameter' },
  CAPTION_MODEL_MISSING: { status: 400, code: 'caption_model_missing', param: 'messages' },
  QUESTION_MODEL_MISSING: { status: 400, code: 'question_model_missing', param: 'messages' },
  PROMPT_NOT_POSSIBLE: { status: 400, code: 'prompt_not_possible', param: 'prompt' },
  RATE_LIMITED: { code: 'rate_limited' },
  QUEUE_FULL: { code: 'rate_limited' },
};

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function paramOf(error: AppError, shape: Shape): string | null {
  const { parameter } = error.details;
  const [problem] = problemsOf(error);
  return typeof parameter === 'string' ? parameter : (shape.param ?? problem?.where.replace(/^body\./, '') ?? null);
}

const PATHS = ['/v1/chat', '/chat', '/v1/responses', '/responses', '/v1/models', '/hf/v1/chat'];

/** The inside of an error body, also for an error in the middle of a stream. */
export function openAiError(error: AppError) {
  const shape = SHAPES[error.code] ?? { code: error.code.toLowerCase() };
  const type = typeOf(shape.status ?? error.status);
  return { message: fullSentence(error), type, param: paramOf(error, shape), code: shape.code };
}

export const openAi: Face = {
  name: 'openai',
  owns: (path) => PATHS.some((prefix) => isBelow(path, prefix)),
  errorReply: (error) => {
    const status = SHAPES[error.code]?.status ?? error.status;
    // The SDKs repeat 409 and every 5xx; not when it cannot help.
    const isFinal = status >= 500 && !error.retryable;
    return {
      status,
      headers: { ...retryHeaders(error), ...(isFinal ? { 'x-should-retry': 'false' } : {}) },
      body: { error: openAiError(error) },
    };
  },
};
