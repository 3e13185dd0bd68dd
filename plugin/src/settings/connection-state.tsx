import { Button, Notice, Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { testConnection, toRequestError } from '../shared/api';
import type { ConnectionReply } from '../shared/types';

interface Outcome {
  readonly kind: 'success' | 'warning' | 'error';
  readonly texts: readonly string[];
}

/** The state of the saved connection. It is tested when the page opens, so also after saving. `onConnected` is called when it works. */
export function ConnectionState({ onConnected }: { readonly onConnected?: () => void }) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const run = async () => {
    setBusy(true);
    setOutcome(null);
    try {
      const reply = await testConnection();
      setOutcome(inWords(reply));
      if (reply.ok) onConnected?.();
      const sentence = document.querySelector('.altsmith-destination');
      if (sentence !== null) sentence.textContent = reply.destination;
    } catch (thrown) {
      setOutcome({ kind: 'error', texts: [toRequestError(thrown).message] });
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (window.altsmith.configured) void run();
  }, []);

  if (!window.altsmith.configured) return null;
  return (
    <>
      <div role="status" aria-live="polite">
        {busy ? (
          <p>
            <Spinner /> {__('Testing the connection…', 'altsmith')}
          </p>
        ) : null}
        {outcome === null ? null : (
          <Notice status={outcome.kind} isDismissible={false}>
            {outcome.texts.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </Notice>
        )}
      </div>
      <Button variant="tertiary" aria-disabled={busy} onClick={() => busy || void run()}>
        {__('Test again', 'altsmith')}
      </Button>
    </>
  );
}

function inWords(reply: ConnectionReply): Outcome {
  const kind = reply.outcome === 'ok' ? 'success' : reply.ok || reply.outcome === 'loading' ? 'warning' : 'error';
  const slower = __(
    'The sidecar cannot notify this site; WP-Cron and open admin pages check for updates instead, which takes a little longer.',
    'altsmith',
  );
  return { kind, texts: reply.webhook === false ? [reply.message, slower] : [reply.message] };
}
