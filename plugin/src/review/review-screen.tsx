import { Notice, Spinner } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';
import { decide, toRequestError } from '../shared/api';
import type { Action, Suggestion } from '../shared/types';
import { FlowNotice } from './flow-notice';
import { SuggestionCard } from './suggestion-card';
import { useQueue, type Queue } from './use-queue';

const DONE: Record<Action, string> = {
  approve: __('Approved and written.', 'altsmith'),
  reject: __('Rejected.', 'altsmith'),
  decorative: __('Marked as decorative.', 'altsmith'),
  reopen: __('Reopened.', 'altsmith'),
};

/** Media → Alt text review. */
export function ReviewScreen({ attachment }: { readonly attachment: number }) {
  const queue = useQueue(attachment);
  const [busy, setBusy] = useState('');
  const [focus, setFocus] = useState('');
  const [messages, setMessages] = useState<Readonly<Record<string, string>>>({});
  const [spoken, setSpoken] = useState('');

  const onDecide = async (suggestion: Suggestion, action: Action, text: string) => {
    setBusy(suggestion.id);
    try {
      const now = await decide(suggestion.id, {
        action,
        version: suggestion.version,
        seen: suggestion.current_alt,
        ...(action === 'approve' ? { values: { alt_text: text } } : {}),
      });
      if (now.state === 'conflict') {
        queue.replace(now);
        setSpoken(__('Not written: somebody changed the alt text in the meantime.', 'altsmith'));
      } else {
        setFocus(neighbour(queue.items ?? [], suggestion.id));
        queue.remove(suggestion.id);
        setSpoken(DONE[action]);
      }
      queue.reload();
    } catch (thrown) {
      const { message } = toRequestError(thrown);
      setMessages((shown) => ({ ...shown, [suggestion.id]: message }));
      setSpoken(message);
      queue.reload();
    } finally {
      setBusy('');
    }
  };

  return (
    <div className="altsmith-review">
      <FlowNotice flow={queue.flow} />
      <div className="screen-reader-text" role="status" aria-live="polite">
        {spoken}
      </div>
      <Body queue={queue}>
        {(queue.items ?? []).map((suggestion) => (
          <SuggestionCard
            key={`${suggestion.id} ${suggestion.version}`}
            suggestion={suggestion}
            busy={busy === suggestion.id}
            message={messages[suggestion.id] ?? ''}
            hasFocus={focus === suggestion.id}
            onDecide={(action, text) => void onDecide(suggestion, action, text)}
          />
        ))}
      </Body>
    </div>
  );
}

/** The five things this screen can be: refused, broken, loading, empty, or a list. */
function Body({ queue, children }: { readonly queue: Queue; readonly children: ReactNode }) {
  if (queue.error !== null && (queue.error.status === 401 || queue.error.status === 403)) {
    return (
      <Notice status="error" isDismissible={false}>
        {__('You may not review images. Log in again, or ask an administrator.', 'altsmith')}
      </Notice>
    );
  }
  const broken =
    queue.error === null ? null : (
      <Notice status="error" isDismissible={false}>
        {queue.error.message}
      </Notice>
    );
  if (queue.items === null) {
    return (
      broken ?? (
        <p>
          <Spinner /> {__('Loading suggestions…', 'altsmith')}
        </p>
      )
    );
  }
  if (queue.items.length === 0) {
    return (
      <>
        {broken}
        <p className="altsmith-review__empty">{__('Nothing waits for a review.', 'altsmith')}</p>
      </>
    );
  }
  return (
    <>
      {broken}
      <p>
        {/* translators: %d: number of suggestions */}
        {sprintf(_n('%d suggestion', '%d suggestions', queue.total, 'altsmith'), queue.total)}.{' '}
        {__('A machine wrote them; nothing is published before you approve it.', 'altsmith')}
      </p>
      {children}
    </>
  );
}

/** After a card goes the next one takes the focus, or the one before when it was the last. */
function neighbour(items: readonly Suggestion[], id: string): string {
  const index = items.findIndex((one) => one.id === id);
  return (items[index + 1] ?? items[index - 1])?.id ?? '';
}
