import { Button, Notice, Spinner } from '@wordpress/components';
import { DataViews, type View } from '@wordpress/dataviews/wp';
import { useCallback, useEffect, useMemo, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { Suggestion } from '../shared/types';
import { BulkApprove } from './bulk-approve';
import { bulkActions } from './bulk-actions';
import { FIELDS } from './fields';
import { FlowNotice } from './flow-notice';
import { ScreenProvider } from './screen-context';
import { ShortcutsHelp } from './shortcuts-help';
import { isOpen } from './suggestion-words';
import { useQueue } from './use-queue';
import { useReview } from './use-review';
import { useShortcuts, type Shortcut } from './use-shortcuts';
import { fromAddress, toAddress, toListQuery } from './view-query';

const LAYOUTS = {
  table: { layout: { styles: { review: { minWidth: 420 } } } },
  grid: { layout: { previewSize: 380 } },
};

/** Media → Alt text review. */
export function ReviewScreen({ attachment }: { readonly attachment: number }) {
  const [view, setView] = useState<View>(() =>
    fromAddress(new URL(window.location.href), window.matchMedia('(max-width: 782px)').matches),
  );
  const [dialog, setDialog] = useState<'' | 'keys' | 'many'>('');
  const [rejecting, setRejecting] = useState('');
  const queue = useQueue(toListQuery(view, attachment));
  const review = useReview(queue);
  const [note, setNote] = useState('');

  useEffect(() => {
    window.history.replaceState(null, '', toAddress(view, new URL(window.location.href)));
  }, [view]);
  const { items, total, reload } = queue;
  // A page that was worked through makes room for the next one.
  useEffect(() => {
    if (items?.length === 0 && total > 0) void reload();
  }, [items, total, reload]);

  const chosen = items?.find((one) => one.id === review.current);
  useShortcuts((key: Shortcut) => {
    if (key === '?') setDialog('keys');
    else if (key === 'j') review.move(1);
    else if (key === 'k') review.move(-1);
    else if (key === 'u') {
      const last = review.done?.suggestion ?? chosen;
      if (last?.can_undo === true) void review.undo(last);
    } else if (chosen !== undefined && isOpen(chosen)) onLetter(key, chosen);
  });
  const onLetter = (key: 'a' | 'e' | 'r' | 'd', suggestion: Suggestion) => {
    if (key === 'a') void review.decide(suggestion, 'approve');
    else if (key === 'd') void review.decide(suggestion, 'decorative');
    else if (key === 'r') setRejecting(suggestion.id);
    else review.elementOf(suggestion.id)?.querySelector('textarea')?.focus();
  };
  const finish = useCallback(
    (text: string) => {
      setDialog('');
      setNote(text);
      void reload();
    },
    [reload],
  );
  const actions = useMemo(() => bulkActions(finish), [finish]);

  if (queue.error?.status === 401 || queue.error?.status === 403) return <Refused />;
  return (
    <ScreenProvider value={{ review, rejecting, setRejecting }}>
      <div className="altsmith-review">
        <FlowNotice flow={queue.flow} />
        {queue.error === null ? null : (
          <Notice status="error" isDismissible={false}>
            {queue.error.message}
          </Notice>
        )}
        <Top attachment={attachment} onDialog={setDialog} />
        <DoneLine review={review} note={note} />
        {items === null ? (
          queue.error === null ? (
            <p>
              <Spinner /> {__('Loading suggestions…', 'altsmith')}
            </p>
          ) : null
        ) : (
          <DataViews
            data={[...items]}
            fields={FIELDS}
            view={view}
            onChangeView={setView}
            getItemId={(item) => item.id}
            paginationInfo={{ totalItems: total, totalPages: queue.pages }}
            defaultLayouts={LAYOUTS}
            actions={actions}
            isLoading={queue.isLoading}
            searchLabel={__('Search texts and files', 'altsmith')}
            empty={<p className="altsmith-review__empty">{__('Nothing waits for a review.', 'altsmith')}</p>}
          />
        )}
        <Dialog which={dialog} onClose={() => setDialog('')} onDone={finish} />
      </div>
    </ScreenProvider>
  );
}

interface DialogProps {
  readonly which: '' | 'keys' | 'many';
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

function Dialog({ which, onClose, onDone }: DialogProps) {
  if (which === 'keys') return <ShortcutsHelp onClose={onClose} />;
  return which === 'many' ? <BulkApprove onClose={onClose} onDone={onDone} /> : null;
}

interface TopProps {
  readonly attachment: number;
  readonly onDialog: (dialog: 'keys' | 'many') => void;
}

function Top({ attachment, onDialog }: TopProps) {
  return (
    <div className="altsmith-review__top">
      <p>{__('A machine wrote these texts. Read each one, and change what is wrong, before you approve it.', 'altsmith')}</p>
      {attachment > 0 ? (
        <Button variant="secondary" href={window.altsmith.reviewUrl}>
          {__('All suggestions', 'altsmith')}
        </Button>
      ) : (
        <Button variant="secondary" onClick={() => onDialog('many')}>
          {__('Approve many…', 'altsmith')}
        </Button>
      )}
      <Button variant="tertiary" onClick={() => onDialog('keys')}>
        {__('Keys', 'altsmith')}
      </Button>
    </div>
  );
}

interface DoneProps {
  readonly review: ReturnType<typeof useReview>;
  readonly note: string;
}

/** What was done last, with the way back. It is announced by speak(), so it is no live region itself. */
function DoneLine({ review, note }: DoneProps) {
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

function Refused() {
  return (
    <Notice status="error" isDismissible={false}>
      {__('You may not review images. Log in again, or ask an administrator.', 'altsmith')}
    </Notice>
  );
}
