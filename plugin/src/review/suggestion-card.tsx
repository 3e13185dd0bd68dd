import { Button, TextareaControl } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import type { Action, Suggestion } from '../shared/types';

/** Above this a text is long for a listener; a hint, never a limit. */
const LONG_TEXT = 150;

interface Props {
  readonly suggestion: Suggestion;
  readonly busy: boolean;
  readonly message: string;
  readonly hasFocus: boolean;
  readonly onDecide: (action: Action, text: string) => void;
}

function name(suggestion: Suggestion): string {
  return suggestion.title === '' ? suggestion.file_name : suggestion.title;
}

/** One image with the text it has and the text it could have. */
export function SuggestionCard({ suggestion, busy, message, hasFocus, onDecide }: Props) {
  const [text, setText] = useState(suggestion.values?.alt_text ?? suggestion.suggested_alt);
  const card = useRef<HTMLElement>(null);
  const isOpen = suggestion.state === 'pending' || suggestion.state === 'conflict';

  useEffect(() => {
    if (hasFocus) card.current?.focus();
  }, [hasFocus]);

  return (
    <article
      ref={card}
      className="altsmith-card"
      tabIndex={-1}
      aria-label={name(suggestion)}
      data-attachment={suggestion.attachment_id}
      data-state={suggestion.state}
    >
      <Picture suggestion={suggestion} />
      <div className="altsmith-card__texts">
        <h2 className="altsmith-card__title">
          <a href={suggestion.edit_url}>{name(suggestion)}</a>
          <span className="altsmith-card__file">{suggestion.file_name}</span>
        </h2>
        <p className="altsmith-card__current">
          <strong>{__('Current alt text:', 'altsmith')}</strong>{' '}
          {suggestion.current_alt === '' ? <em>{__('none', 'altsmith')}</em> : suggestion.current_alt}
        </p>
        <TextareaControl
          label={__('Suggested alt text', 'altsmith')}
          help={lengthHint(text)}
          value={text}
          rows={2}
          onChange={setText}
          readOnly={!isOpen}
          {...NO_EXTRA_MARGIN}
        />
        <Reasons suggestion={suggestion} />
        <div className="altsmith-card__actions">
          <Button
            variant="primary"
            isBusy={busy}
            aria-disabled={busy || !isOpen}
            onClick={() => busy || !isOpen || onDecide('approve', text)}
          >
            {__('Approve', 'altsmith')}
          </Button>
          <Button
            variant="secondary"
            aria-disabled={busy || !isOpen}
            onClick={() => busy || !isOpen || onDecide('reject', text)}
          >
            {__('Reject', 'altsmith')}
          </Button>
          <Button
            variant="tertiary"
            aria-disabled={busy || !isOpen}
            onClick={() => busy || !isOpen || onDecide('decorative', text)}
          >
            {__('Decorative', 'altsmith')}
          </Button>
        </div>
        {message === '' ? null : <p className="altsmith-card__message">{message}</p>}
      </div>
    </article>
  );
}

function Picture({ suggestion }: { readonly suggestion: Suggestion }) {
  if (suggestion.thumbnail === null) {
    return <div className="altsmith-card__picture">{__('No preview', 'altsmith')}</div>;
  }
  const { url, width, height } = suggestion.thumbnail;
  // The text beside it is what is being reviewed: read out here as well it would only be in the way.
  return <img className="altsmith-card__picture" src={url} width={width} height={height} alt="" loading="lazy" />;
}

function Reasons({ suggestion }: { readonly suggestion: Suggestion }) {
  const percent = Math.round(suggestion.confidence * 100);
  return (
    <ul className="altsmith-card__reasons">
      {suggestion.state === 'conflict' ? (
        <li className="altsmith-card__conflict">
          {__('Somebody changed the alt text after it was shown. Their text was kept; decide again.', 'altsmith')}
        </li>
      ) : null}
      {suggestion.flags.map((flag) => (
        <li key={flag.code}>{flag.message}</li>
      ))}
      <li>
        {sprintf(
          /* translators: 1: model name, 2: a percentage */
          __('Written by %1$s, confidence %2$d %%.', 'altsmith'),
          suggestion.model.id,
          percent,
        )}{' '}
        {suggestion.model.demonstration ? __('This model is for demonstration only.', 'altsmith') : null}
      </li>
    </ul>
  );
}

function lengthHint(text: string): string {
  const length = Array.from(text).length;
  /* translators: %d: number of characters */
  const count = sprintf(_n('%d character', '%d characters', length, 'altsmith'), length);
  return length > LONG_TEXT
    ? sprintf(
        /* translators: %s: "160 characters" */
        __('%s: long for somebody who listens to it. It will not be cut.', 'altsmith'),
        count,
      )
    : count;
}
