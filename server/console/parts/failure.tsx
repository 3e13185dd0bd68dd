import { useEffect, useRef } from 'preact/hooks';
import type { ApiError } from '../connection/api-error';
import { Notice } from './notice';

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  SIDECAR_DOWN: 'Start it with “npm start” in its folder. This page tries again by itself.',
  SCOPE_MISSING: 'Log in with a key of the other kind, on the Set-up page.',
  QUEUE_FULL: 'Nothing is lost; wait a little.',
};

const AGAIN_MS = 3000;

/** A sidecar that was away is asked again until it is back. */
function useRetryWhileDown(error: ApiError, retry: (() => void) | undefined): void {
  const latest = useRef(retry);
  latest.current = retry;
  useEffect(() => {
    if (!error.isDown) return undefined;
    const timer = setInterval(() => latest.current?.(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [error.isDown]);
}

/** Any error, with the code to look up in docs/errors.md and the request id to look up in the log. */
export function Failure({ error, retry }: { error: ApiError; retry?: (() => void) | undefined }) {
  useRetryWhileDown(error, retry);
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
