import { Button, TextareaControl } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { PlacesForApproval } from '../places/places-for-approval';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { langOf } from '../shared/languages';
import type { Suggestion } from '../shared/types';
import { Alternatives } from './alternatives';
import { Current, Follows, Reasons } from './card-parts';
import { CardQuestions } from './card-questions';
import { RejectForm } from './reject-form';
import { useScreen } from './screen-context';
import { Source } from './source';
import { isOpen, nameOf, textHint, textLabel } from './suggestion-words';
import { VideoTexts } from './video-texts';

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
        {...langOf(suggestion)}
        dir="auto"
        label={textLabel(suggestion)}
        help={textHint(suggestion, review.draftOf(suggestion))}
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
      <Source suggestion={suggestion} />
      <Alternatives suggestion={suggestion} />
      {suggestion.kind === 'image' ? <CardQuestions suggestion={suggestion} /> : <VideoTexts suggestion={suggestion} />}
      <Follows suggestion={suggestion} />
      <Reasons suggestion={suggestion} />
      {suggestion.kind === 'image' ? (
        <PlacesForApproval
          attachment={suggestion.attachment_id}
          usedIn={suggestion.used_in}
          text={review.draftOf(suggestion)}
          isOpen={open}
          onTicks={(keys) => review.setPlaces(id, keys)}
        />
      ) : null}
      <Actions suggestion={suggestion} onBack={backToCard} />
      {review.messageOf(id) === '' ? null : <p className="altsmith-card__message">{review.messageOf(id)}</p>}
    </div>
  );
}

export function Actions({ suggestion, onBack }: { readonly suggestion: Suggestion; readonly onBack: () => void }) {
  const { review, rejecting, setRejecting } = useScreen();
  const { id } = suggestion;
  const idle = isOpen(suggestion) && !review.isBusy(id);
  if (rejecting === id) {
    return (
      <RejectForm
        onCancel={onBack}
        onReject={(reason) => {
          setRejecting('');
          void review.decide(suggestion, 'reject', { reason });
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
      {suggestion.kind === 'image' ? (
        <Button
          variant="tertiary"
          aria-disabled={!idle}
          onClick={() => idle && void review.decide(suggestion, 'decorative')}
        >
          {__('Decorative', 'altsmith')}
        </Button>
      ) : null}
      <Button variant="tertiary" aria-disabled={!idle} onClick={() => idle && void review.passOn(suggestion)}>
        {suggestion.is_passed ? __('Back to my list', 'altsmith') : __('Pass on', 'altsmith')}
      </Button>
      {suggestion.can_undo && suggestion.state !== 'conflict' ? (
        <Button variant="secondary" onClick={() => void review.undo(suggestion)}>
          {__('Undo', 'altsmith')}
        </Button>
      ) : null}
    </div>
  );
}
