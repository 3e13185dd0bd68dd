import { Button, Spinner } from '@wordpress/components';
import { DataViews } from '@wordpress/dataviews/wp';
import { useMemo, useRef } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import { bulkActions } from './bulk-actions';
import { FIELDS } from './fields';
import type { Queue } from './use-queue';
import type { Review } from './use-review';
import { showPassed, toListQuery, type ReviewView } from './view-query';

const LAYOUTS = {
  table: { layout: { styles: { review: { minWidth: 420 } } } },
  grid: { layout: { previewSize: 380 } },
};

interface Props {
  readonly view: ReviewView;
  readonly setView: (change: (now: ReviewView) => ReviewView) => void;
  readonly queue: Queue;
  readonly review: Review;
  readonly onDone: (text: string) => void;
}

/** The table and the grid. */
export function ListScreen({ view, setView, queue, review, onDone }: Props) {
  const isPassed = toListQuery(view, 0).passed === true;
  const latest = useRef(review);
  latest.current = review;
  const actions = useMemo(() => bulkActions(() => latest.current, onDone), [onDone]);
  if (queue.items === null)
    return queue.error === null ? (
      <p>
        <Spinner /> {__('Loading suggestions…', 'altsmith')}
      </p>
    ) : null;
  return (
    <DataViews
      data={[...review.items]}
      fields={FIELDS}
      view={view}
      onChangeView={(next) => setView(() => ({ ...next, isFocus: false }))}
      getItemId={(item) => item.id}
      paginationInfo={{ totalItems: queue.total, totalPages: queue.pages }}
      defaultLayouts={LAYOUTS}
      actions={actions}
      isLoading={queue.isLoading}
      searchLabel={__('Search texts and files', 'altsmith')}
      empty={<Empty passed={isPassed ? 0 : queue.passed} onShow={() => setView(showPassed)} />}
    />
  );
}

/** Where nothing else is left, what the person passed on is a button away: they may be the only reviewer. */
function Empty({ passed, onShow }: { readonly passed: number; readonly onShow: () => void }) {
  return (
    <>
      <p className="altsmith-review__empty">{__('Nothing to review.', 'altsmith')}</p>
      {passed === 0 ? null : (
        <p>
          <Button variant="secondary" onClick={onShow}>
            {sprintf(
              /* translators: %s: number of images */
              _n('Show %s image that you passed on', 'Show %s images that you passed on', passed, 'altsmith'),
              formatNumber(passed),
            )}
          </Button>
        </p>
      )}
    </>
  );
}
