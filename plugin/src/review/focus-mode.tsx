import { TextareaControl } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { PlacesForApproval } from '../places/places-for-approval';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { langOf } from '../shared/languages';
import type { Suggestion } from '../shared/types';
import { Alternatives } from './alternatives';
import { Current, Follows, Reasons } from './card-parts';
import { CardQuestions } from './card-questions';
import { FocusActions } from './focus-actions';
import { useScreen } from './screen-context';
import { Source } from './source';
import { isOpen, nameOf, textHint, textLabel } from './suggestion-words';
import { shownWidth, usePreload } from './use-preload';
import { VideoPlayer } from './video-player';
import { VideoTexts } from './video-texts';
import { WhatIsKnown } from './what-is-known';

interface Props {
  readonly items: readonly Suggestion[];
  /** -1 or 1: also over the edge of what is loaded. */
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
}

/** One picture as large as the window allows, its text under it, the next one loaded. */
export function FocusMode({ items, onStep, onLeave }: Props) {
  const { review, rejecting } = useScreen();
  const index = Math.max(
    0,
    items.findIndex((one) => one.id === review.current),
  );
  const suggestion = items[index];
  usePreload(items, index);
  useEffect(() => {
    if (suggestion !== undefined && suggestion.id !== review.current) review.goTo(suggestion.id);
  }, [suggestion, review]);
  if (suggestion === undefined) return null;
  return (
    <div
      className="altsmith-focus__one"
      onKeyDown={(event) => {
        const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, details, video') !== null;
        if (isTyping || rejecting !== '' || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
        const rtl = document.documentElement.dir === 'rtl';
        const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowDown: 0, ArrowUp: 0 }[event.key] ?? 0;
        if (step === 1 || step === -1) {
          event.preventDefault();
          onStep(step);
        } else if (event.key === 'Escape') {
          event.preventDefault();
          onLeave();
        }
      }}
    >
      <One key={suggestion.id} suggestion={suggestion} onStep={onStep} />
    </div>
  );
}

function One({ suggestion, onStep }: { readonly suggestion: Suggestion; readonly onStep: Props['onStep'] }) {
  const { review } = useScreen();
  const { id } = suggestion;
  const card = useRef<HTMLDivElement>(null);
  const { place } = review;
  useEffect(() => {
    place(id, card.current);
    return () => place(id, null);
  }, [id, place]);
  const open = isOpen(suggestion);
  return (
    <div
      ref={card}
      role="group"
      className="altsmith-focus__card"
      tabIndex={-1}
      aria-label={nameOf(suggestion)}
      aria-describedby={`altsmith-known-${id} altsmith-text-${id}`}
      aria-current="true"
      data-attachment={suggestion.attachment_id}
      data-state={suggestion.state}
    >
      <LargePicture suggestion={suggestion} />
      <div className="altsmith-focus__texts">
        <h2>
          <bdi>{nameOf(suggestion)}</bdi>
        </h2>
        <div id={`altsmith-text-${id}`} hidden>
          {/* translators: %s: a text */}
          {sprintf(__('Suggested: %s', 'altsmith'), review.draftOf(suggestion))}
        </div>
        <TextareaControl
          {...langOf(suggestion)}
          dir="auto"
          className="altsmith-focus__text"
          label={textLabel(suggestion)}
          help={textHint(suggestion, review.draftOf(suggestion))}
          value={review.draftOf(suggestion)}
          rows={2}
          readOnly={!open}
          onChange={(text) => review.setDraft(id, text)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              card.current?.focus();
            }
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void review.decide(suggestion, 'approve', { ahead: true });
          }}
          {...NO_EXTRA_MARGIN}
        />
        <Source suggestion={suggestion} />
        <Alternatives suggestion={suggestion} />
        {suggestion.kind === 'image' ? <CardQuestions suggestion={suggestion} /> : <VideoTexts suggestion={suggestion} ahead />}
        <FocusActions suggestion={suggestion} onStep={onStep} onBack={() => card.current?.focus()} />
        {review.messageOf(id) === '' ? null : <p className="altsmith-card__message">{review.messageOf(id)}</p>}
        <Current suggestion={suggestion} />
        <WhatIsKnown suggestion={suggestion} id={`altsmith-known-${id}`} />
        <Reasons suggestion={suggestion} />
        <Follows suggestion={suggestion} />
        {suggestion.kind === 'image' ? (
          <PlacesForApproval
            attachment={suggestion.attachment_id}
            usedIn={suggestion.used_in}
            text={review.draftOf(suggestion)}
            isOpen={open}
            onTicks={(keys) => review.setPlaces(id, keys)}
          />
        ) : null}
      </div>
    </div>
  );
}

function LargePicture({ suggestion }: { readonly suggestion: Suggestion }) {
  const { picture } = suggestion;
  if (suggestion.video !== null) {
    return (
      <div className="altsmith-focus__picture">
        <VideoPlayer suggestion={suggestion} />
      </div>
    );
  }
  if (picture === null) return <p className="altsmith-focus__picture">{__('No preview', 'altsmith')}</p>;
  return (
    <div className="altsmith-focus__picture">
      {/* The text under it is what is being reviewed: read out here as well it would only be in the way. */}
      <img
        alt=""
        width={picture.width}
        height={picture.height}
        decoding="sync"
        {...(picture.srcset === '' ? {} : { sizes: `${shownWidth(picture)}px`, srcSet: picture.srcset })}
        src={picture.url}
      />
    </div>
  );
}
