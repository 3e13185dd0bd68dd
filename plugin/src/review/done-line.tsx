import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import type { Review } from './use-review';

interface Props {
  readonly review: Review;
  readonly note: string;
}

/** What was done last, with the way back. It is announced by speak(), so it is no live region itself. */
export function DoneLine({ review, note }: Props) {
  const { done } = review;
  if (done === null) return note === '' ? null : <p className="altsmith-review__done">{note}</p>;
  return (
    <p className="altsmith-review__done">
      {done.text}{' '}
      {done.suggestion.can_undo ? (
        <Button variant="link" onClick={() => void review.undo(done.suggestion)}>
          {__('Undo', 'altsmith')}
        </Button>
      ) : null}
    </p>
  );
}
