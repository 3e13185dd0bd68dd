import type { ErrorCode } from '../../../errors';
import { fullSentence, isBelow, retryHeaders, type Face } from '../face';

/** What is wrong with an input is 422 there. */
const INPUT: ReadonlySet<ErrorCode> = new Set([
  'BAD_REQUEST',
  'IMAGE_MISSING',
  'IMAGE_TOO_LARGE',
  'IMAGE_TYPE_UNSUPPORTED',
  'PARAMETER_UNSUPPORTED',
  'BODY_MISSING',
]);

export const replicate: Face = {
  name: 'replicate',
  owns: (path) => isBelow(path, '/replicate'),
  errorReply: (error) => {
    const status = INPUT.has(error.code) ? 422 : error.status;
    return {
      status,
      headers: retryHeaders(error),
      body: { title: error.sentence, detail: fullSentence(error), status },
    };
  },
};
