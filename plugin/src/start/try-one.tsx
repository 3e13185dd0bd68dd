import { Button, Notice, Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { useAttachment } from '../shared/use-attachment';
import { chooseImage } from './choose-image';

/** Requests a suggestion for an image that the person chooses, and shows it. `onSuggested` is called when there is one. */
export function TryOne({ onSuggested }: { readonly onSuggested: () => void }) {
  const [chosen, setChosen] = useState(0);
  if (!window.altsmith.configured) return <p>{__('Connect the sidecar first.', 'altsmith')}</p>;
  return (
    <>
      <Button variant="secondary" onClick={() => chooseImage(setChosen)}>
        {__('Choose or upload an image', 'altsmith')}
      </Button>
      {chosen === 0 ? null : <Tried key={chosen} id={chosen} onSuggested={onSuggested} />}
    </>
  );
}

function Tried({ id, onSuggested }: { readonly id: number; readonly onSuggested: () => void }) {
  const { state, error, generate } = useAttachment(id);
  const [isAsked, setIsAsked] = useState(false);
  const isKnown = state !== null;
  const suggestion = state?.suggestion ?? null;
  const isSuggested = suggestion !== null;
  useEffect(() => {
    if (!isKnown || isAsked) return;
    setIsAsked(true);
    if (!isSuggested) void generate();
  }, [isKnown, isAsked, isSuggested]);
  useEffect(() => {
    if (isSuggested) onSuggested();
  }, [isSuggested]);

  const problem = error?.message ?? state?.problem ?? state?.error?.message ?? '';
  return (
    <div className="altsmith-tried" role="status" aria-live="polite">
      {problem === '' ? null : (
        <Notice status="error" isDismissible={false}>
          {problem}
        </Notice>
      )}
      {state !== null && suggestion !== null ? (
        <>
          {suggestion.thumbnail === null ? null : <img src={suggestion.thumbnail.url} alt="" />}
          <p>
            {__('Suggested alt text:', 'altsmith')} <strong dir="auto">{suggestion.suggested_alt}</strong>
          </p>
          {suggestion.model.demonstration ? (
            <p>
              {__(
                'The demonstration model wrote this. It shows how everything works; for texts you can use, the sidecar needs a real model.',
                'altsmith',
              )}
            </p>
          ) : null}
          <Button variant="primary" href={state.review_url}>
            {__('Review', 'altsmith')}
          </Button>
        </>
      ) : problem === '' ? (
        <p>
          <Spinner /> {state?.status_text ?? __('Loading…', 'altsmith')}
        </p>
      ) : null}
    </div>
  );
}
