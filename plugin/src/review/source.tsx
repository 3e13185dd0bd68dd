import { speak } from '@wordpress/a11y';
import { Button, TextareaControl } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { translateAgain } from '../shared/text-api';
import type { Flag, Suggestion } from '../shared/types';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';

/** The English that a text was translated from, to be compared and corrected; an approval remembers both. */
export function Source({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  if (suggestion.source === '') return null;
  return (
    <>
      <TextareaControl
        className="altsmith-card__source"
        lang="en"
        dir="ltr"
        label={__('English original', 'altsmith')}
        value={review.sourceOf(suggestion)}
        rows={2}
        readOnly={!isOpen(suggestion)}
        onChange={(text) => review.setSource(suggestion.id, text)}
        {...NO_EXTRA_MARGIN}
      />
      {isOpen(suggestion) ? <Again suggestion={suggestion} /> : null}
    </>
  );
}

/** Translates the English as it stands, and puts the translation into the box: an edit of the person's, like any other. */
function Again({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [flags, setFlags] = useState<readonly Flag[]>([]);
  const source = review.sourceOf(suggestion).trim();
  const draft = useRef('');
  draft.current = review.draftOf(suggestion);
  const isIdle = !isBusy && source !== '' && !review.isBusy(suggestion.id);

  const translate = async () => {
    setBusy(true);
    const before = draft.current;
    try {
      const made = await translateAgain(suggestion.id, source);
      if (draft.current !== before) throw new Error(__('You changed the text in the meantime, so it was kept.', 'altsmith'));
      review.setDraft(suggestion.id, made.text);
      setFlags(made.flags);
      setProblem('');
      /* translators: %s: a text */
      speak([sprintf(__('Translated: %s', 'altsmith'), made.text), ...made.flags.map(({ message }) => message)].join(' '));
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : toRequestError(thrown).message;
      setProblem(message);
      speak(message, 'assertive');
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="altsmith-card__again">
      <Button variant="link" isBusy={isBusy} aria-disabled={!isIdle} onClick={() => isIdle && void translate()}>
        {__('Translate again', 'altsmith')}
      </Button>
      {problem === '' ? null : <p className="altsmith-card__message">{problem}</p>}
      {flags.length === 0 ? null : (
        <ul className="altsmith-card__reasons">
          {flags.map(({ code, message }) => (
            <li key={code}>{message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
