import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { useSessions } from '../connection/session';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { useUniqueId } from '../parts/use-unique-id';

/** Takes a key and gives it to the sidecar once; what comes back are the two halves that it is kept as. */
export function KeyForm({ label }: { label: string }) {
  const { logIn } = useSessions();
  const id = useUniqueId();
  const [key, setKey] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const submit = (event: Event) => {
    event.preventDefault();
    if (key.trim() === '' || isBusy) return;
    setBusy(true);
    logIn(key.trim())
      .then(() => announce('Logged in.'))
      .catch((thrown: unknown) => {
        setError(toApiError(thrown));
        setBusy(false);
      });
  };
  return (
    <form class="key-form" onSubmit={submit}>
      <label for={id}>{label}</label>
      <div class="row">
        {/* Password managers file a key under a name. */}
        <input type="text" name="username" autocomplete="username" value="altsmith" readOnly hidden />
        <input
          id={id}
          type="password"
          name="key"
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck={false}
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <button type="submit" class="main" disabled={isBusy}>
          {isBusy ? 'Asking …' : 'Log in'}
        </button>
      </div>
      {error === null ? null : <Failure error={error} />}
    </form>
  );
}
