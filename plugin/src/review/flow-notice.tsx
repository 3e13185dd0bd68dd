import { Notice } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import type { FlowStatus } from '../shared/types';

/** What is on its way, and what is in its way. */
export function FlowNotice({ flow }: { readonly flow: FlowStatus | null }) {
  if (!window.altsmith.configured) {
    return (
      <Notice status="warning" isDismissible={false}>
        {__('Altsmith is not connected yet, so no suggestions are made.', 'altsmith')}{' '}
        {window.altsmith.canSettings ? (
          <a href={window.altsmith.settingsUrl}>{__('Connect it under Settings → Altsmith.', 'altsmith')}</a>
        ) : (
          __('Ask an administrator to connect it.', 'altsmith')
        )}
      </Notice>
    );
  }
  if (flow === null) return null;
  const failed = flow.counts['failed'] ?? 0;
  const onTheWay = (flow.counts['queued'] ?? 0) + (flow.counts['sent'] ?? 0);
  const waiting =
    onTheWay === 0
      ? ''
      : /* translators: %d: number of images */
        sprintf(_n('%d image is on its way.', '%d images are on their way.', onTheWay, 'altsmith'), onTheWay);
  if (flow.problem !== null) {
    return (
      <Notice status="error" isDismissible={false}>
        {flow.problem.message} {__('Altsmith tries again automatically; no image is lost.', 'altsmith')} {waiting}
      </Notice>
    );
  }
  if (waiting === '' && failed === 0) return null;
  return (
    <p className="altsmith-review__flow">
      {failed === 0 ? null : (
        <a href={`${window.altsmith.reviewUrl}&failed=1`}>
          {sprintf(
            /* translators: %s: number of images */
            _n('%s image failed.', '%s images failed.', failed, 'altsmith'),
            formatNumber(failed),
          )}
        </a>
      )}{' '}
      {waiting}{' '}
      {flow.cron_disabled && waiting !== ''
        ? __('WP-Cron is off on this site: they move on while an admin page is open, or with “wp altsmith sync”.', 'altsmith')
        : null}
    </p>
  );
}
