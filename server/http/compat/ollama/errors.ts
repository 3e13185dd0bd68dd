import type { ErrorCode } from '../../../errors';
import { fullSentence, isBelow, retryHeaders, type Face } from '../face';

/** Ollama answers 400 for whatever is wrong with a request. */
const BAD: ReadonlySet<ErrorCode> = new Set([
  'CAPTION_MODEL_MISSING',
  'IMAGE_CORRUPT',
  'IMAGE_TOO_MANY_PIXELS',
  'IMAGE_TYPE_UNSUPPORTED',
  'PROMPT_NOT_POSSIBLE',
  'QUESTION_MODEL_MISSING',
  'URL_BLOCKED',
  'URL_FETCH_FAILED',
  'URL_INPUT_OFF',
]);

export const ollama: Face = {
  name: 'ollama',
  owns: (path) => isBelow(path, '/api'),
  errorReply: (error) => ({
    status: BAD.has(error.code) ? 400 : error.status,
    headers: retryHeaders(error),
    body: { error: fullSentence(error) },
  }),
};
