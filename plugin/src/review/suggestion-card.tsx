import { Button, TextareaControl } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { PlacesForApproval } from '../places/places-for-approval';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { lengthHint } from '../shared/length-hint';
import type { Suggestion } from '../shared/types';
import { RejectForm } from './reject-form';
import { useScreen } from './screen-context';
import { isOpen, nameOf, STATE_WORDS } from './suggestion-words';

/** The texts of one image and what can be done with them. Its picture is another column. */
export function SuggestionCard({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review, setRejecting } = useScreen();
  const { id } = suggestion;
  const card = useRef<HTMLDivElement>(null);
  const { place } = review;
  useEffect(() => {
    place(id, card.current);
    return () => place(id, null);
  }, [id, place]);

  const open = isOpen(suggestion);
  const backToCard = () => {
    setRejecting('');
    card.current?.focus();
  };
  return (
    <div
      ref={card}
      role="group"
      className="altsmith-card"
      tabIndex={-1}
      aria-label={nameOf(suggestion)}
      aria-current={review.current === id ? 'true' : undefined}
      data-attachment={suggestion.attachment_id}
      data-state={suggestion.state}
      onFocus={() => review.current === id || review.setCurrent(id)}
    >
      <Current suggestion={suggestion} />
      <TextareaControl
        label={__('Suggested alt text', 'altsmith')}
        help={lengthHint(review.draftOf(suggestion))}
        value={review.draftOf(suggestion)}
        rows={2}
        readOnly={!open}
        onChange={(text) => review.setDraft(id, text)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') backToCard();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void review.decide(suggestion, 'approve');
        }}
        {...NO_EXTRA_MARGIN}
      />
      <Alternatives suggestion={suggestion} />
      <Follows suggestion={suggestion} />
      <Reasons suggestion={suggestion} />
      <PlacesForApproval
        attachment={suggestion.attachment_id}
        usedIn={suggestion.used_in}
        text={review.draftOf(suggestion)}
        isOpen={open}
        onTicks={(keys) => review.setPlaces(id, keys)}
      />
      <Actions suggestion={suggestion} onBack={backToCard} />
      {review.messageOf(id) === '' ? null : <p className="altsmith-card__message">{review.messageOf(id)}</p>}
    </div>
  );
}

function Actions({ suggestion, onBack }: { readonly suggestion: Suggestion; readonly onBack: () => void }) {
  const { review, rejecting, setRejecting } = useScreen();
  const { id } = suggestion;
  const idle = isOpen(suggestion) && !review.isBusy(id);
  if (rejecting === id) {
    return (
      <RejectForm
        onCancel={onBack}
        onReject={(reason) => {
          setRejecting('');
          void review.decide(suggestion, 'reject', reason);
        }}
      />
    );
  }
  return (
    <div className="altsmith-card__actions">
      <Button
        variant="primary"
        isBusy={review.isBusy(id)}
        aria-disabled={!idle}
        onClick={() => idle && void review.decide(suggestion, 'approve')}
      >
        {__('Approve', 'altsmith')}
      </Button>
      <Button variant="secondary" aria-disabled={!idle} onClick={() => idle && setRejecting(id)}>
        {__('Reject', 'altsmith')}
      </Button>
      <Button
        variant="tertiary"
        aria-disabled={!idle}
        onClick={() => idle && void review.decide(suggestion, 'decorative')}
      >
        {__('Decorative', 'altsmith')}
      </Button>
      {suggestion.can_undo && suggestion.state !== 'conflict' ? (
        <Button variant="secondary" onClick={() => void review.undo(suggestion)}>
          {__('Undo', 'altsmith')}
        </Button>
      ) : null}
    </div>
  );
}

function Current({ suggestion }: { readonly suggestion: Suggestion }) {
  return (
    <p className="altsmith-card__current">
      <strong>{__('Current alt text:', 'altsmith')}</strong>{' '}
      {suggestion.current_alt !== '' ? (
        suggestion.current_alt
      ) : (
        <em>{suggestion.is_decorative ? __('empty, because decorative', 'altsmith') : __('none', 'altsmith')}</em>
      )}
    </p>
  );
}

function Alternatives({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  const others = suggestion.alternatives.filter((one) => one !== review.draftOf(suggestion));
  if (!isOpen(suggestion) || others.length === 0) return null;
  return (
    <div className="altsmith-card__alternatives">
      <span>{__('Or:', 'altsmith')}</span>
      {others.map((text) => (
        <Button key={text} variant="link" onClick={() => review.setDraft(suggestion.id, text)}>
          {text}
        </Button>
      ))}
    </div>
  );
}

/** What the approval writes besides the alt text. */
function Follows({ suggestion }: { readonly suggestion: Suggestion }) {
  const { title, description, keywords } = suggestion.follows;
  const parts: readonly (readonly [string, string])[] = [
    [__('Title', 'altsmith'), title ?? ''],
    [__('Description', 'altsmith'), description ?? ''],
    [__('Keywords', 'altsmith'), (keywords ?? []).join(', ')],
  ];
  const shown = parts.filter(([, text]) => text !== '');
  if (!isOpen(suggestion) || shown.length === 0) return null;
  return (
    <details className="altsmith-card__follows">
      <summary>
        {sprintf(
          /* translators: %s: list such as "Title, Keywords" */
          __('An approval also fills: %s', 'altsmith'),
          shown.map(([label]) => label).join(', '),
        )}
      </summary>
      <dl>
        {shown.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Who wrote the text, and how sure that model was where its confidence says something. */
function writtenBy(model: Suggestion['model'], confidence: number): string {
  if (model.precision === 'remote') {
    /* translators: %s: model name */
    return sprintf(__('Written by %s on another server, which tells no confidence.', 'altsmith'), model.id);
  }
  if (!model.calibrated) {
    /* translators: %s: model name */
    return sprintf(__('Written by %s, whose confidence was not measured.', 'altsmith'), model.id);
  }
  return sprintf(
    /* translators: 1: model name, 2: a percentage */
    __('Written by %1$s, confidence %2$d %%.', 'altsmith'),
    model.id,
    Math.round(confidence * 100),
  );
}

function Reasons({ suggestion }: { readonly suggestion: Suggestion }) {
  const { model, confidence, state } = suggestion;
  return (
    <ul className="altsmith-card__reasons">
      {state === 'conflict' ? (
        <li className="altsmith-card__conflict">
          {__('Somebody changed the alt text after it was shown. Their text was kept; decide again.', 'altsmith')}
        </li>
      ) : null}
      {state === 'pending' || state === 'conflict' ? null : (
        <li>
          {STATE_WORDS[state]}
          {suggestion.decided_by === null ? '' : ` (${suggestion.decided_by.name})`}
          {suggestion.reason === '' ? '' : `: ${suggestion.reason}`}
        </li>
      )}
      {suggestion.flags.map((flag) => (
        <li key={flag.code}>{flag.message}</li>
      ))}
      <li>
        {writtenBy(model, confidence)}{' '}
        {model.demonstration ? __('This model is for demonstration only.', 'altsmith') : null}
      </li>
    </ul>
  );
}
