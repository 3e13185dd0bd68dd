import { fullSentence, isBelow, retryHeaders, type Face } from '../face';

/** 400, 401, 404 and 429 are the ones its documentation names; the rest keeps its own status. */
export const eachlabs: Face = {
  name: 'eachlabs',
  owns: (path) => isBelow(path, '/eachlabs') || isBelow(path, '/v1/prediction'),
  errorReply: (error) => ({
    status: [413, 415, 422].includes(error.status) ? 400 : error.status,
    headers: retryHeaders(error),
    body: { error: fullSentence(error) },
  }),
};
