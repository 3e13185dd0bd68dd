import type { NewKeyReply } from '../../contract/admin';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { useSessions } from '../connection/session';
import { CopyButton } from '../parts/copy-button';
import { Failure } from '../parts/failure';
import { Notice } from '../parts/notice';

/** The one time that a key can be seen. */
export function NewKey({ made, onClose }: { made: NewKeyReply; onClose: () => void }) {
  const { logIn } = useSessions();
  const [error, setError] = useState<ApiError | null>(null);
  const useHere = () => {
    logIn(made.secret)
      .then(onClose)
      .catch((thrown: unknown) => setError(toApiError(thrown)));
  };
  return (
    <Notice tone="good">
      <p>
        <strong>The key “{made.key.name}”. It is shown this once: copy it now.</strong>
      </p>
      <div class="row">
        <code class="secret" tabIndex={0}>
          {made.secret}
        </code>
        <CopyButton text={made.secret} what="the key" />
      </div>
      <div class="row">
        <button type="button" class="small" onClick={onClose}>
          I have it
        </button>
        {made.key.scope === 'site' ? (
          <button type="button" class="small" onClick={useHere}>
            Use this site here
          </button>
        ) : null}
      </div>
      {error === null ? null : <Failure error={error} />}
    </Notice>
  );
}
