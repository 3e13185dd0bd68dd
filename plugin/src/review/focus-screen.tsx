import { Button, SelectControl, Spinner } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { formatNumber } from '../shared/format';
import { DoneLine } from './done-line';
import { FocusMode } from './focus-mode';
import type { Queue } from './use-queue';
import type { Review } from './use-review';
import type { ReviewView } from './view-query';

const ORDERS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'date asc', label: __('Oldest first', 'altsmith') },
  { value: 'date desc', label: __('Newest first', 'altsmith') },
  { value: 'confidence desc', label: __('Highest confidence first', 'altsmith') },
  { value: 'confidence asc', label: __('Lowest confidence first', 'altsmith') },
  { value: 'seen desc', label: __('Most used first', 'altsmith') },
];

interface Props {
  readonly view: ReviewView;
  readonly setView: (change: (now: ReviewView) => ReviewView) => void;
  readonly queue: Queue;
  readonly review: Review;
  readonly note: string;
  /** Whether nothing is left to show. */
  readonly isOver: boolean;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
  readonly onDialog: (dialog: 'keys') => void;
}

/** Focus mode fills the window: what is behind it is out of reach until it is left. */
export function FocusScreen({ view, setView, queue, review, note, isOver, onStep, onLeave, onDialog }: Props) {
  useOthersInert();
  const sort = view.sort === undefined ? 'date asc' : `${view.sort.field} ${view.sort.direction}`;
  const isEmpty = isOver && review.items.length === 0;
  return (
    <>
      <div className="altsmith-focus__bar">
        <Button variant="secondary" onClick={onLeave}>
          {__('Back to the list', 'altsmith')}
        </Button>
        <span className="altsmith-focus__count">
          {/* translators: %s: number of suggestions */}
          {sprintf(_n('%s to review', '%s to review', queue.total, 'altsmith'), formatNumber(queue.total))}
        </span>
        <SelectControl
          label={__('Order', 'altsmith')}
          labelPosition="side"
          value={sort}
          options={[...ORDERS]}
          onChange={(next) => {
            const [field = 'date', direction] = next.split(' ');
            setView((now) => ({ ...now, page: 1, sort: { field, direction: direction === 'desc' ? 'desc' : 'asc' } }));
          }}
          {...NO_EXTRA_MARGIN}
        />
        <Button variant="tertiary" onClick={() => onDialog('keys')}>
          {__('Keyboard shortcuts', 'altsmith')}
        </Button>
      </div>
      {queue.error === null ? null : (
        <p className="altsmith-card__message altsmith-focus__problem">{queue.error.message}</p>
      )}
      <DoneLine review={review} note={note} />
      {isEmpty ? <Nothing onLeave={onLeave} /> : null}
      {!isEmpty && review.items.length === 0 ? (
        <p className="altsmith-focus__wait">
          <Spinner /> {__('Loading suggestions…', 'altsmith')}
        </p>
      ) : null}
      <FocusMode items={review.items} onStep={onStep} onLeave={onLeave} />
    </>
  );
}

/** The last picture is gone, and with it what had the focus. */
function Nothing({ onLeave }: { readonly onLeave: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} tabIndex={-1} className="altsmith-focus__wait">
      <p>{__('Nothing to review.', 'altsmith')}</p>
      <Button variant="primary" onClick={onLeave}>
        {__('Back to the list', 'altsmith')}
      </Button>
    </div>
  );
}

/** Siblings of an element and of its ancestors, notices of other plugins among them; not the live regions of screen readers. */
function siblingsUpToBody(element: HTMLElement | null): readonly HTMLElement[] {
  const others: HTMLElement[] = [];
  for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
    for (const one of at.parentElement?.children ?? [])
      if (one instanceof HTMLElement && one !== at && !one.inert && !one.matches('[aria-live], [id^="a11y-speak-"]')) others.push(one);
  }
  return others;
}

function useOthersInert(): void {
  useEffect(() => {
    const others = siblingsUpToBody(document.getElementById('altsmith-review'));
    for (const one of others) one.inert = true;
    document.body.classList.add('altsmith-has-focus-mode');
    return () => {
      for (const one of others) one.inert = false;
      document.body.classList.remove('altsmith-has-focus-mode');
    };
  }, []);
}
