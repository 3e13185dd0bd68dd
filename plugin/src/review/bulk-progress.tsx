import { Button, Spinner } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import type { Bulk } from './use-bulk';

/** After "approve all that match": what that means, and then how far it is. */
export function BulkProgress({ bulk }: { readonly bulk: Bulk }) {
  const { state, all, displayed, done } = bulk;
  const place = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone.
  useEffect(() => place.current?.focus(), [state]);
  return (
    <div ref={place} tabIndex={-1} className="altsmith-bulk__progress">
      {state === 'asking' ? (
        <p>
          {sprintf(
            /* translators: 1: number of texts, 2: how many of them were displayed, 3: how many were not */
            __('%1$s texts match. %2$s of them were displayed to you; %3$s were not, and will be approved unread.', 'altsmith'),
            formatNumber(all),
            formatNumber(displayed),
            formatNumber(all - displayed),
          )}
        </p>
      ) : (
        <p>
          <Spinner />{' '}
          {state === 'collecting'
            ? /* translators: %s: number of texts */
              sprintf(__('Collecting: %s…', 'altsmith'), formatNumber(all))
            : /* translators: 1: done, 2: all */
              sprintf(__('%1$s of %2$s…', 'altsmith'), formatNumber(done), formatNumber(all))}
        </p>
      )}
      {state === 'asking' ? (
        <p>{__('Suggestions that change in the meantime, and texts that someone edits, are skipped. Keep this page open until it has finished.', 'altsmith')}</p>
      ) : null}
      <div className="altsmith-card__actions">
        {state === 'asking' ? (
          <Button variant="primary" onClick={() => void bulk.approveFrozen()}>
            {sprintf(
              /* translators: %s: number of texts */
              __('Approve %s texts', 'altsmith'),
              formatNumber(all),
            )}
          </Button>
        ) : null}
        <Button variant="secondary" onClick={bulk.stop}>
          {state === 'working' ? __('Stop', 'altsmith') : __('Cancel', 'altsmith')}
        </Button>
      </div>
    </div>
  );
}
