import type { ErrorCode } from '../../../errors';
import { fullSentence, isBelow, problemsOf, retryHeaders, type Face } from '../face';

const INPUT: ReadonlySet<ErrorCode> = new Set([
  'BAD_REQUEST',
  'BODY_MISSING',
  'IMAGE_MISSING',
  'IMAGE_TOO_LARGE',
  'IMAGE_TYPE_UNSUPPORTED',
  'PARAMETER_UNSUPPORTED',
]);

/** What is wrong with an input is 422 with a place for each problem, as FastAPI writes it. */
export const modelRunner: Face = {
  name: 'modelrunner',
  owns: (path) => isBelow(path, '/modelrunner'),
  errorReply: (error) => {
    const status = INPUT.has(error.code) ? 422 : error.status;
    const message = fullSentence(error);
    if (status !== 422) return { status, headers: retryHeaders(error), body: { message } };
    const problems = problemsOf(error).map(({ where, problem }) => ({
      loc: where.split('.'),
      msg: problem,
      type: error.code.toLowerCase(),
    }));
    const detail =
      problems.length > 0 ? problems : [{ loc: ['body', 'image_url'], msg: message, type: error.code.toLowerCase() }];
    return { status, body: { message, detail } };
  },
};
