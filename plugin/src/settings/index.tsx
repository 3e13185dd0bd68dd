import { Button, Notice } from '@wordpress/components';
import { createRoot, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { testConnection, toRequestError } from '../shared/api';

type Outcome = { readonly kind: 'success' | 'warning' | 'error'; readonly text: string } | null;

/** The connection test. It tests what is saved, because that is what uploads will use. */
function ConnectionTest() {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>(null);

  const run = async () => {
    setBusy(true);
    setOutcome(null);
    try {
      const reply = await testConnection();
      const kind = reply.outcome === 'ok' ? 'success' : reply.ok || reply.outcome === 'loading' ? 'warning' : 'error';
      setOutcome({ kind, text: reply.message });
    } catch (thrown) {
      setOutcome({ kind: 'error', text: toRequestError(thrown).message });
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <Button variant="secondary" isBusy={busy} aria-disabled={busy} onClick={() => busy || void run()}>
        {busy ? __('Testing the connection…', 'altsmith') : __('Test the saved connection', 'altsmith')}
      </Button>
      <div role="status" aria-live="polite">
        {outcome === null ? null : (
          <Notice status={outcome.kind} isDismissible={false}>
            {outcome.text}
          </Notice>
        )}
      </div>
    </>
  );
}

const place = document.getElementById('altsmith-connection');
if (place !== null) createRoot(place).render(<ConnectionTest />);
