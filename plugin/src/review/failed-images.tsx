import { Button, Notice, Spinner } from '@wordpress/components';
import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import { listFailed, retryFailed, type FailedPage } from './failed-api';
import { toRequestError } from '../shared/api';

/** The images that got no suggestion: why, and trying them again. */
export function FailedImages() {
  const [page, setPage] = useState(1);
  const [found, setFound] = useState<FailedPage | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);

  const load = useCallback(async () => {
    try {
      const answer = await listFailed(page);
      setFound(answer);
      // A retry can leave the last page empty.
      setPage(Math.max(1, Math.min(page, answer.pages)));
      setError('');
    } catch (thrown) {
      setError(toRequestError(thrown).message);
    }
  }, [page]);
  useEffect(() => void load(), [load]);

  const retry = async (ids: readonly number[]) => {
    setBusy(true);
    try {
      const count = await retryFailed(ids);
      /* translators: %s: number of images */
      speak(sprintf(_n('%s image will be tried again.', '%s images will be tried again.', count, 'altsmith'), formatNumber(count)));
      await load();
      // The pressed button was removed with its line.
      heading.current?.focus();
    } catch (thrown) {
      setError(toRequestError(thrown).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="altsmith-failed">
      <p>
        <a href={window.altsmith.reviewUrl}>{__('Back to review', 'altsmith')}</a>
      </p>
      <h2 ref={heading} tabIndex={-1}>
        {__('Failed images', 'altsmith')}
      </h2>
      {error === '' ? null : (
        <Notice status="error" isDismissible={false}>
          {error}
        </Notice>
      )}
      {found === null ? error === '' ? <Spinner /> : null : <Found found={found} busy={busy} onRetry={(ids) => void retry(ids)} />}
      {found !== null && found.pages > 1 ? (
        <p className="altsmith-failed__pages">
          <Button variant="secondary" aria-disabled={page <= 1} onClick={() => page > 1 && setPage(page - 1)}>
            {__('Previous page', 'altsmith')}
          </Button>{' '}
          {/* translators: 1: page, 2: number of pages */}
          {sprintf(__('%1$d of %2$d', 'altsmith'), page, found.pages)}{' '}
          <Button variant="secondary" aria-disabled={page >= found.pages} onClick={() => page < found.pages && setPage(page + 1)}>
            {__('Next page', 'altsmith')}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

/** The picture, or a blank where there is none: its file may be what is missing. */
function Thumbnail({ address }: { readonly address: string | null }) {
  const [isBroken, setIsBroken] = useState(false);
  if (address === null || isBroken) return <span className="altsmith-failed__none" />;
  return <img src={address} alt="" loading="lazy" onError={() => setIsBroken(true)} />;
}

interface FoundProps {
  readonly found: FailedPage;
  readonly busy: boolean;
  readonly onRetry: (ids: readonly number[]) => void;
}

function Found({ found, busy, onRetry }: FoundProps) {
  if (found.total === 0) return <p>{__('No image failed.', 'altsmith')}</p>;
  return (
    <>
      <ul className="altsmith-failed__reasons">
        {found.reasons.map((one) => (
          <li key={one.code}>
            {/* translators: 1: number of images, 2: a sentence that says why */}
            {sprintf(__('%1$s: %2$s', 'altsmith'), formatNumber(one.count), one.message === '' ? one.code : one.message)}
          </li>
        ))}
      </ul>
      <Button variant="primary" isBusy={busy} aria-disabled={busy} onClick={() => busy || onRetry([])}>
        {sprintf(
          /* translators: %s: number of images */
          __('Retry all (%s)', 'altsmith'),
          formatNumber(found.total),
        )}
      </Button>
      <ul className="altsmith-failed__list">
        {found.items.map((one) => (
          <li key={one.attachment_id}>
            <Thumbnail address={one.thumbnail} />
            <div>
              <a href={one.edit_url}>{one.title === '' ? one.file_name : one.title}</a>
              <p>{one.reason === '' ? one.code : one.reason}</p>
            </div>
            <Button
              variant="secondary"
              aria-disabled={busy}
              /* translators: %s: name of an image */
              aria-label={sprintf(__('Retry “%s”', 'altsmith'), one.title === '' ? one.file_name : one.title)}
              onClick={() => busy || onRetry([one.attachment_id])}
            >
              {__('Retry', 'altsmith')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
