import { Button, Notice, Spinner } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import { History } from './history';
import { PageFindings } from './page-findings';
import type { Audit } from './types';
import { useAudit } from './use-audit';

/** Media → Published pages. */
export function AuditScreen() {
  const { audit, error, busy, act, show } = useAudit();
  const [spoken, setSpoken] = useState('');
  const state = audit?.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current === 'running' && state === 'done') setSpoken(__('All pages have been read.', 'altsmith'));
    if (before.current === 'running' && state === 'stopped') setSpoken(__('The audit was stopped.', 'altsmith'));
    before.current = state;
  }, [state]);

  return (
    <div className="altsmith-audit">
      <div className="screen-reader-text" role="status" aria-live="polite">
        {spoken}
      </div>
      {error === '' ? null : (
        <Notice status="error" isDismissible={false}>
          {error}
        </Notice>
      )}
      {audit === null ? (
        error === '' ? (
          <p>
            <Spinner /> {__('Loading…', 'altsmith')}
          </p>
        ) : (
          <Button variant="secondary" disabled={busy} onClick={() => void show(1)}>
            {__('Try again', 'altsmith')}
          </Button>
        )
      ) : (
        <>
          <p>
            {__(
              'Reads the published pages as visitors get them, and lists what is wrong with the texts of their images. Nothing is changed, and nothing is sent to another server.',
              'altsmith',
            )}
          </p>
          <Controls audit={audit} onAct={(action) => void act(action)} />
          <Summary audit={audit} />
          <PageFindings audit={audit} busy={busy} onPage={(page) => void show(page)} />
          <History days={audit.history} />
        </>
      )}
    </div>
  );
}

function Controls({ audit, onAct }: { readonly audit: Audit; readonly onAct: (action: 'start' | 'cancel') => void }) {
  const { state, problem, done, total } = audit;
  return (
    <>
      {state === 'stopped' && problem !== '' ? (
        <Notice status="error" isDismissible={false}>
          {problem} {__('Tools → Site Health says what keeps the site from calling itself.', 'altsmith')}
        </Notice>
      ) : null}
      {state === 'running' ? (
        <p>
          <progress value={done} max={Math.max(1, total)} aria-label={__('Pages that have been read', 'altsmith')} />{' '}
          {sprintf(
            /* translators: 1: number of pages that have been read, 2: number of all pages */
            __('%1$s of %2$s pages have been read. You may close this page: reading goes on in the background.', 'altsmith'),
            formatNumber(done),
            formatNumber(total),
          )}
        </p>
      ) : null}
      <p>
        {state === 'running' ? (
          <Button variant="secondary" onClick={() => onAct('cancel')}>
            {__('Stop', 'altsmith')}
          </Button>
        ) : (
          <Button variant="primary" onClick={() => onAct('start')}>
            {state === 'none' ? __('Read all pages', 'altsmith') : __('Read all pages again', 'altsmith')}
          </Button>
        )}
      </p>
    </>
  );
}

function Summary({ audit }: { readonly audit: Audit }) {
  const { pages, fine, found, images, unread } = audit.counts;
  if (pages + unread === 0) return <p>{__('No page has been read yet.', 'altsmith')}</p>;
  return (
    <>
      <p className="altsmith-audit__summary">
        <strong>
          {sprintf(
            /* translators: 1: number of pages with nothing to mend, 2: number of pages that were read */
            __('%1$s of %2$s pages have nothing to mend.', 'altsmith'),
            formatNumber(fine),
            formatNumber(pages),
          )}
        </strong>{' '}
        {sprintf(
          /* translators: 1: number of problems, 2: number of images */
          _n('%1$s problem in %2$s images.', '%1$s problems in %2$s images.', found, 'altsmith'),
          formatNumber(found),
          formatNumber(images),
        )}
      </p>
      {unread === 0 ? null : (
        <p>
          {sprintf(
            /* translators: %s: number of pages */
            _n('%s page could not be read.', '%s pages could not be read.', unread, 'altsmith'),
            formatNumber(unread),
          )}
        </p>
      )}
    </>
  );
}
