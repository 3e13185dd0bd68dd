import type { ApiError } from '../connection/api-error';
import { Notice } from './notice';

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  SIDECAR_DOWN: 'Start it with “npm start” in its folder. This page tries again by itself.',
  SCOPE_MISSING: 'Log in with a key of the other kind, on the Set-up page.',
  QUEUE_FULL: 'Nothing is lost; wait a little.',
};

/** Any error, with the code to look up in docs/errors.md and the request id to look up in the log. */
export function Failure({ error, retry }: { error: ApiError; retry?: (() => void) | undefined }) {
  const hint = WHAT_TO_DO[error.code];
  const { requestId } = error.facts;
  return (
    <Notice tone={error.isDown ? 'warn' : 'bad'}>
      <p>
        <strong>{error.message}</strong>
        {hint === undefined ? null : ` ${hint}`}
      </p>
      <p class="fine">
        {error.code}
        {typeof requestId === 'string' ? ` · request ${requestId}` : ''}
      </p>
      {retry === undefined ? null : (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}
