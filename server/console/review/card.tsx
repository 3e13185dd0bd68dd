import type { DecisionAction } from '../../contract/decision';
import type { RefCallback } from 'preact';
import { useState } from 'preact/hooks';
import { Confidence } from '../parts/confidence';
import { ModelBadge } from '../parts/model-badge';
import { Notice } from '../parts/notice';
import { CardQuestions } from './card-questions';
import { isDecidable, isReopenable, STATE_WORDS, type Draft, type Entry } from './entry';
import { Texts } from './texts';
import { Thumbnail } from './thumbnail';
import { useUniqueId } from '../parts/use-unique-id';

interface CardProps {
  readonly entry: Entry;
  readonly isCurrent: boolean;
  /** True while the person is giving a reason. */
  readonly isRejecting: boolean;
  readonly cardRef: RefCallback<HTMLElement>;
  readonly onFocus: () => void;
  readonly onEdit: (draft: Partial<Draft>) => void;
  readonly onDecide: (action: DecisionAction, reason?: string) => void;
  readonly onReject: (isRejecting: boolean) => void;
  readonly onForget: () => void;
}

export function Card(props: CardProps) {
  const { entry, isCurrent, onFocus, onEdit, cardRef } = props;
  const { suggestion } = entry;
  const id = useUniqueId();
  const label = `${suggestion.subject.type} ${suggestion.subject.id}`;
  return (
    <article
      ref={cardRef}
      class={`card suggestion${isCurrent ? ' suggestion-current' : ''}`}
      tabIndex={-1}
      aria-labelledby={id}
      aria-busy={entry.isBusy}
      onFocusCapture={onFocus}
    >
      <Thumbnail sha256={suggestion.image_sha256} label={label} kind={suggestion.kind} />
      <div class="suggestion-body">
        <div class="row spread">
          <h2 class="label" id={id}>
            {label}
          </h2>
          {suggestion.state === 'pending' ? null : <span class="tag">{STATE_WORDS[suggestion.state]}</span>}
        </div>
        {entry.notice === null ? null : <Notice tone="warn">{entry.notice}</Notice>}
        <Texts entry={entry} onEdit={onEdit} />
        {isDecidable(suggestion.state) ? <CardQuestions entry={entry} onEdit={onEdit} /> : null}
        <div class="row facts">
          <Confidence value={suggestion.confidence} model={suggestion.model} />
          <ModelBadge model={suggestion.model} />
        </div>
        {suggestion.flags.length === 0 ? null : (
          <ul class="flags" aria-label="Look twice">
            {suggestion.flags.map((flag) => (
              <li key={flag.code}>{flag.message}</li>
            ))}
          </ul>
        )}
        {suggestion.reason === null ? null : <p class="fine">Reason: {suggestion.reason}</p>}
        <Buttons {...props} label={label} />
      </div>
    </article>
  );
}

function Buttons(props: CardProps & { label: string }) {
  const { entry, label, isRejecting, onDecide, onReject, onForget } = props;
  const { state } = entry.suggestion;
  if (isRejecting) return <Reason onCancel={() => onReject(false)} onReason={(reason) => onDecide('reject', reason)} />;
  const what = <span class="unseen"> {label}</span>;
  return (
    <div class="row decisions">
      {isDecidable(state) ? (
        <>
          <button type="button" class="main" disabled={entry.isBusy} onClick={() => onDecide('approve')}>
            Approve{what}
          </button>
          <button type="button" disabled={entry.isBusy} onClick={() => onReject(true)}>
            Reject{what}
          </button>
          <button type="button" disabled={entry.isBusy} onClick={() => onDecide('decorative')}>
            Decorative{what}
          </button>
        </>
      ) : null}
      {isReopenable(state) ? (
        <button type="button" disabled={entry.isBusy} onClick={() => onDecide('reopen')}>
          Open again{what}
        </button>
      ) : null}
      {entry.notice === null ? null : (
        <button type="button" onClick={onForget}>
          Remove from this list
        </button>
      )}
    </div>
  );
}

function Reason({ onReason, onCancel }: { onReason: (reason: string) => void; onCancel: () => void }) {
  const id = useUniqueId();
  const [reason, setReason] = useState('');
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        onReason(reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <label for={id}>Reason, if you like</label>
      <input
        id={id}
        class="grow"
        type="text"
        maxLength={500}
        value={reason}
        ref={(element) => element?.focus()}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <button type="submit" class="main">
        Reject
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}
