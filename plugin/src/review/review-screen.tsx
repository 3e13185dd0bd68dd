import { Notice } from '@wordpress/components';
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { BulkApprove } from './bulk-approve';
import { DemonstrationNotice } from './demonstration-notice';
import { DoneLine } from './done-line';
import { FlowNotice } from './flow-notice';
import { FocusScreen } from './focus-screen';
import { keepPlace, placeKept } from './kept-place';
import { ListScreen } from './list-screen';
import { ScreenProvider } from './screen-context';
import { shortcutsOf, type Gesture } from './shortcuts';
import { ShortcutsDialog } from './shortcuts-dialog';
import { isOpen } from './suggestion-words';
import { Top } from './top';
import { useQueue, type Queue } from './use-queue';
import { useReview, type Review } from './use-review';
import { useShortcuts } from './use-shortcuts';
import { fromAddress, toAddress, toListQuery, type ReviewView } from './view-query';

/** Media → Alt text review. */
export function ReviewScreen({ attachment }: { readonly attachment: number }) {
  const [isNarrow] = useState(() => window.matchMedia('(max-width: 782px)').matches);
  const [kept] = useState(() => placeKept(window.location, isNarrow));
  const [view, setView] = useState<ReviewView>(() => fromAddress(kept.address, isNarrow));
  const [dialog, setDialog] = useState<'' | 'keys' | 'many'>('');
  const [shortcuts, setShortcuts] = useState(() => shortcutsOf(window.altsmith.shortcuts));
  const [rejecting, setRejecting] = useState('');
  const [note, setNote] = useState('');
  const area = useRef<HTMLDivElement>(null);
  const queue = useQueue(toListQuery(view, attachment));
  const review = useReview(queue, kept.current);
  const { items } = review;
  const { reload } = queue;

  useKeptPlace(view, review.current, attachment);
  const isOver = useNextPage(view, setView, queue);
  useFirstFocus(queue.items !== null, area, () => {
    const id = kept.current;
    if (items.some((one) => one.id === id)) review.goTo(id);
    else area.current?.focus({ preventScroll: true });
  });

  useFocusAfterTheLast(!view.isFocus && items.length === 0, area);

  const setFocus = (isFocus: boolean) => {
    setView((now) => ({ ...now, isFocus }));
    const at = review.current === '' ? items[0]?.id : review.current;
    if (at !== undefined) review.expect(at);
  };
  const step = useStep(view, setView, queue.pages, review);

  const onGesture = (gesture: Gesture) => {
    if (gesture === 'help') setDialog('keys');
    else if (gesture === 'next') step(1);
    else if (gesture === 'previous') step(-1);
    else decideByLetter(gesture, review, { ahead: view.isFocus, setRejecting });
  };
  useShortcuts(area, shortcuts, onGesture);
  const finish = useCallback(
    (text: string) => {
      setDialog('');
      setNote(text);
      void reload();
    },
    [reload],
  );

  if (queue.error?.status === 401 || queue.error?.status === 403) return <Refused />;
  const screen = { view, setView, queue, review };
  return (
    <ScreenProvider value={{ review, rejecting, setRejecting }}>
      <div className="altsmith-review">
        {view.isFocus ? null : (
          <>
            <FlowNotice flow={queue.flow} />
            {items.some((one) => one.model.demonstration && isOpen(one)) ? <DemonstrationNotice /> : null}
            <Problem text={queue.error?.message ?? ''} />
            <Top attachment={attachment} onDialog={setDialog} onFocus={() => setFocus(true)} />
            <DoneLine review={review} note={note} />
          </>
        )}
        <div
          ref={area}
          role="region"
          aria-label={view.isFocus ? __('Focus mode', 'altsmith') : __('Suggestions', 'altsmith')}
          tabIndex={-1}
          className={view.isFocus ? 'altsmith-focus' : 'altsmith-review__list'}
        >
          {view.isFocus ? (
            <FocusScreen {...screen} note={note} isOver={isOver} onStep={step} onLeave={() => setFocus(false)} onDialog={setDialog} />
          ) : (
            <ListScreen {...screen} onDone={finish} />
          )}
        </div>
        {dialog === 'keys' ? (
          <ShortcutsDialog shortcuts={shortcuts} onChange={setShortcuts} onClose={() => setDialog('')} />
        ) : null}
        {dialog === 'many' ? (
          <BulkApprove query={toListQuery(view, attachment)} items={items} onClose={() => setDialog('')} onDone={finish} />
        ) : null}
      </div>
    </ScreenProvider>
  );
}

/** What a letter does with the suggestion that has the focus. */
function decideByLetter(
  gesture: Exclude<Gesture, 'help' | 'next' | 'previous'>,
  review: Review,
  { ahead, setRejecting }: { readonly ahead: boolean; readonly setRejecting: (id: string) => void },
): void {
  const chosen = review.items.find((one) => one.id === review.current);
  if (gesture === 'undo') void review.undoLatest(chosen);
  if (gesture === 'undo' || chosen === undefined || !isOpen(chosen)) return;
  if (gesture === 'approve' || gesture === 'decorative') void review.decide(chosen, gesture, { ahead });
  else if (gesture === 'pass') void review.passOn(chosen);
  else if (gesture === 'reject') setRejecting(chosen.id);
  else review.elementOf(chosen.id)?.querySelector('textarea')?.focus();
}

/** To the next or the previous one, over the edge of a page as well. */
function useStep(
  view: ReviewView,
  setView: (change: (now: ReviewView) => ReviewView) => void,
  pages: number,
  review: Review,
): (step: 1 | -1) => void {
  const awaited = useRef<0 | 1 | -1>(0);
  const { items } = review;
  useEffect(() => {
    const next = awaited.current === 1 ? items[0] : awaited.current === -1 ? items.at(-1) : undefined;
    if (next === undefined || items.some((one) => one.id === review.current)) return;
    awaited.current = 0;
    review.goTo(next.id);
  }, [items, review]);
  return (step) => {
    if (review.move(step)) return;
    const page = (view.page ?? 1) + step;
    if (page < 1 || page > pages) return;
    awaited.current = step;
    setView((now) => ({ ...now, page }));
  };
}

/**
 * A page that was worked through makes room for the next one. It is asked for again once; where it stays empty, because it was
 * the last or because nothing on it may be shown, another page is. True when there is no other.
 */
function useNextPage(view: ReviewView, setView: (change: (now: ReviewView) => ReviewView) => void, queue: Queue): boolean {
  const asked = useRef('');
  const [emptyAt, setEmptyAt] = useState('');
  const { items, total, pages, isLoading, reload } = queue;
  const page = view.page ?? 1;
  const question = `${page} ${total}`;
  useEffect(() => {
    if (items === null || isLoading || items.length > 0 || total === 0) return;
    const next = page > pages ? Math.max(1, pages) : page + 1;
    if (page <= pages && asked.current !== question) {
      asked.current = question;
      void reload();
    } else if (next <= pages) setView((now) => ({ ...now, page: next }));
    else setEmptyAt(question);
  }, [items, isLoading, total, page, pages, question, reload, setView]);
  return items?.length === 0 && (total === 0 || emptyAt === question);
}

/** The address says what is shown, and the browser remembers where somebody was. */
function useKeptPlace(view: ReviewView, current: string, attachment: number): void {
  useEffect(() => {
    const address = toAddress(view, new URL(window.location.href));
    window.history.replaceState(null, '', address);
    if (attachment === 0) keepPlace(address, current);
  }, [view, current, attachment]);
}

/** Letters work inside the list only: it has the focus from the start, unless the person was quicker. */
function useFirstFocus(isLoaded: boolean, area: { readonly current: HTMLElement | null }, focus: () => void): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (!isLoaded || isDone.current || area.current === null) return;
    isDone.current = true;
    if (document.activeElement === null || document.activeElement === document.body) focus();
  });
}

/** Removing the last card moves the focus to body, where the shortcuts do not work: it goes to the list instead. */
function useFocusAfterTheLast(isEmpty: boolean, area: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    if (isEmpty && document.activeElement === document.body) area.current?.focus({ preventScroll: true });
  }, [isEmpty, area]);
}

function Problem({ text }: { readonly text: string }) {
  if (text === '') return null;
  return (
    <Notice status="error" isDismissible={false}>
      {text}
    </Notice>
  );
}

function Refused() {
  return (
    <Notice status="error" isDismissible={false}>
      {__('Sorry, you are not allowed to review images. Log in again, or ask an administrator.', 'altsmith')}
    </Notice>
  );
}
