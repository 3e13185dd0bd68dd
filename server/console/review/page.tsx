import type { DecisionAction } from '../../contract/decision';
import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../parts/announcer';
import { counted } from '../parts/amounts';
import { Failure } from '../parts/failure';
import { Empty, Loading } from '../parts/placeholder';
import { BulkApproval } from './bulk-approval';
import { Card } from './card';
import { useDecider } from './decider';
import { isDecidable, isReopenable, type Entry } from './entry';
import { FIRST_FILTER } from './filter';
import { Filters } from './filters';
import { ShortcutHelp, useShortcutChoice, useShortcuts, type Deeds } from './shortcuts';
import { useCurrent, type Current } from './use-current';
import { useReview, type Review } from './use-review';

/** Fewer than this left on the page: the next page is fetched. */
const FEW = 5;

export function ReviewPage() {
  const [filter, setFilter] = useState(FIRST_FILTER);
  const decider = useDecider();
  const review = useReview(filter, decider.by);
  const { entries, next, isLoaded } = review.list;
  const current = useCurrent(entries);
  const [rejectingId, setRejectingId] = useState<string | null>(null);
  const [open, setOpen] = useState<'none' | 'help' | 'bulk'>('none');
  const [areKeysOn, setKeysOn] = useShortcutChoice();

  useNextPage(review);

  const decide = (entry: Entry, action: DecisionAction, reason?: string) => {
    setRejectingId(null);
    // The next card moves up into this one's place, and takes the focus with it.
    const take = current.willFocusSuccessorOf(entry);
    void review.decide(entry, action, reason).then((isTaken) => {
      if (isTaken) take();
    });
  };
  const undo = () => {
    void review.undo().then((suggestion) => {
      if (suggestion === null) announce('There is nothing to take back.');
      else current.focusSoon(suggestion.id);
    });
  };
  const keys = { current, decide, undo, reject: setRejectingId, help: () => setOpen('help') };
  useShortcuts(deedsOf(keys), areKeysOn);

  return (
    <>
      <Filters filter={filter} onFilter={setFilter} name={decider.name} onName={decider.setName} />
      <Toolbar
        count={isLoaded ? entries.length : null}
        hasMore={next !== null}
        canApproveSeveral={filter.state === 'pending'}
        review={review}
        onUndo={undo}
        onOpen={setOpen}
      />
      {review.error === null ? null : <Failure error={review.error} retry={review.reload} />}
      {!isLoaded && review.error === null ? <Loading what="suggestions" /> : null}
      {isLoaded && entries.length === 0 && next === null ? <Nothing isPending={filter.state === 'pending'} /> : null}
      <div class="suggestions">
        {entries.map((entry) => (
          <Card
            key={entry.suggestion.id}
            entry={entry}
            isCurrent={entry === current.entry}
            isRejecting={entry.suggestion.id === rejectingId}
            cardRef={current.refOf(entry.suggestion.id)}
            onFocus={() => current.choose(entry.suggestion.id)}
            onEdit={(draft) => review.edit(entry.suggestion.id, draft)}
            onDecide={(action, reason) => decide(entry, action, reason)}
            onReject={(isRejecting) => setRejectingId(isRejecting ? entry.suggestion.id : null)}
            onForget={() => review.forget([entry.suggestion.id])}
          />
        ))}
      </div>
      {next === null ? null : (
        <button type="button" onClick={review.loadMore} disabled={review.isLoading}>
          Load more
        </button>
      )}
      {open === 'help' ? <ShortcutHelp isOn={areKeysOn} onSwitch={setKeysOn} onClose={() => setOpen('none')} /> : null}
      {open === 'bulk' ? (
        <BulkApproval
          entries={entries}
          by={decider.by}
          onClose={() => setOpen('none')}
          onApproved={(ids) => review.forget(ids)}
        />
      ) : null}
    </>
  );
}

interface KeyTargets {
  readonly current: Current;
  readonly decide: (entry: Entry, action: DecisionAction) => void;
  readonly undo: () => void;
  readonly reject: (id: string) => void;
  readonly help: () => void;
}

function deedsOf({ current, decide, undo, reject, help }: KeyTargets): Deeds {
  const { entry } = current;
  const open = entry !== null && isDecidable(entry.suggestion.state) ? entry : null;
  return {
    next: () => current.move(1),
    previous: () => current.move(-1),
    edit: current.edit,
    approve: () => open !== null && decide(open, 'approve'),
    decorative: () => open !== null && decide(open, 'decorative'),
    reject: () => open !== null && reject(open.suggestion.id),
    undo: () => {
      if (entry !== null && isReopenable(entry.suggestion.state)) decide(entry, 'reopen');
      else undo();
    },
    help,
  };
}

/** When few cards are left, the next page comes by itself. */
function useNextPage({ list, loadMore }: Review): void {
  const isShort = list.isLoaded && list.entries.length < FEW && list.next !== null;
  const latest = useRef(loadMore);
  latest.current = loadMore;
  useEffect(() => {
    if (isShort) latest.current();
  }, [isShort, list.entries.length]);
}

interface ToolbarProps {
  /** null until it is known. */
  readonly count: number | null;
  readonly hasMore: boolean;
  readonly canApproveSeveral: boolean;
  readonly review: Review;
  readonly onUndo: () => void;
  readonly onOpen: (what: 'help' | 'bulk') => void;
}

function Toolbar({ count, hasMore, canApproveSeveral, review, onUndo, onOpen }: ToolbarProps) {
  return (
    <div class="row spread toolbar">
      <p class="fine">
        {count === null ? '' : `${counted(count, 'suggestion')} on this page${hasMore ? ', more to come' : ''}`}
      </p>
      <div class="row">
        <button type="button" class="small" onClick={onUndo} disabled={!review.canUndo}>
          Take back
        </button>
        <button type="button" class="small" onClick={() => onOpen('bulk')} disabled={!canApproveSeveral}>
          Approve several …
        </button>
        <button type="button" class="small" onClick={review.reload}>
          Refresh
        </button>
        <button type="button" class="small" onClick={() => onOpen('help')}>
          Keys
        </button>
      </div>
    </div>
  );
}

function Nothing({ isPending }: { isPending: boolean }) {
  return (
    <Empty title={isPending ? 'Nothing waits for review.' : 'There is nothing in this state.'}>
      {isPending ? <p>Suggestions come here as soon as a connected site uploads pictures.</p> : null}
    </Empty>
  );
}
