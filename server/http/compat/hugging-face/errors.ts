import { fullSentence, isBelow, retryHeaders, type Face } from '../face';

/**
 * Errors are `{"error": "sentence"}`. Never 503: the npm client repeats it at once and for ever. What passes is 429,
 * what does not is 500.
 */
export const huggingFace: Face = {
  name: 'hugging-face',
  owns: (path) => isBelow(path, '/hf'),
  errorReply: (error) => {
    const passes = error.status === 503 && error.retryable;
    const status = error.status === 503 ? (passes ? 429 : 500) : error.status;
    return { status, headers: retryHeaders(error), body: { error: fullSentence(error) } };
  },
};
