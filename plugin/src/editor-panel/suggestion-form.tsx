import { getBlockType } from '@wordpress/blocks';
import { Button, Notice, RadioControl } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { DECORATIVE, withAltText, type BlockImage } from '../shared/block-images';
import { SuggestedText } from '../shared/suggested-text';
import type { Action, Suggestion } from '../shared/types';
import { useDecision, type Reach, type Step } from '../shared/use-decision';
import type { BlockProps } from './with-panel';

interface Props {
  readonly block: BlockProps;
  readonly image: BlockImage;
  readonly suggestion: Suggestion;
  /** The person asked for it a moment ago. */
  readonly takeFocus: boolean;
  readonly onDone: (message: string, now: Suggestion | null) => void;
  readonly onFailed: () => void;
}

/** A suggestion that can be taken, changed or refused, for this block alone or for the whole library. */
export function SuggestionForm({ block, image, suggestion, takeFocus, onDone, onFailed }: Props) {
  const [text, setText] = useState(suggestion.values?.alt_text ?? suggestion.suggested_alt);
  const [reach, setReach] = useState<Reach>('library');
  const decision = useDecision(suggestion, { onDone, onFailed });
  const steps = useSteps(block, reach, text);

  const onApply = () => {
    if (text.trim() === '') {
      decision.setMessage(
        __('An empty text cannot be applied. Choose “Decorative” for an image that needs none.', 'altsmith'),
      );
    } else {
      void decision.run(steps.apply);
    }
  };

  return (
    <div className="altsmith-panel__form">
      {image.altText !== '' && (
        <p>
          {__('This block has its own text:', 'altsmith')} <q>{image.altText}</q>
        </p>
      )}
      <SuggestedText suggestion={suggestion} text={text} rows={4} onText={setText} />
      <Reasons suggestion={suggestion} linked={image.linked} />
      <RadioControl
        label={__('Apply to', 'altsmith')}
        selected={reach}
        options={[
          { value: 'library', label: __('This block and the media library', 'altsmith') },
          { value: 'block', label: __('This block only', 'altsmith') },
        ]}
        onChange={(value) => setReach(value === 'block' ? 'block' : 'library')}
      />
      {decision.message !== '' && (
        <Notice status="error" isDismissible={false} className="altsmith-panel__notice">
          {decision.message}
        </Notice>
      )}
      <Buttons
        image={image}
        busy={decision.busy}
        takeFocus={takeFocus}
        onApply={onApply}
        onDismiss={() => void decision.run(steps.dismiss)}
        onDecorative={() => void decision.run(steps.decorative)}
      />
    </div>
  );
}

/** What each of the three buttons does to the block, and what is said about it. */
function useSteps(block: BlockProps, reach: Reach, text: string): Record<'apply' | 'dismiss' | 'decorative', Step> {
  const inLibrary = reach === 'library';
  const still = __('The suggestion still needs review.', 'altsmith');
  return {
    apply: {
      action: 'approve',
      reach,
      text: text.trim(),
      effect: (written) => block.setAttributes(withAltText(block.name, written)),
      done: inLibrary
        ? __('Applied here and in the media library.', 'altsmith')
        : `${__('Applied to this block.', 'altsmith')} ${still}`,
    },
    dismiss: {
      action: 'reject',
      reach,
      text: '',
      effect: () => undefined,
      done: inLibrary
        ? __('Rejected. It will not be suggested again automatically.', 'altsmith')
        : `${__('Dismissed.', 'altsmith')} ${still}`,
    },
    decorative: {
      action: 'decorative',
      reach,
      text: '',
      effect: () => block.setAttributes(hasDecorativeMark(block.name) ? DECORATIVE : withAltText(block.name, '')),
      done: __('Marked as decorative.', 'altsmith'),
    },
  };
}

interface ButtonsProps {
  readonly image: BlockImage;
  readonly busy: Action | null;
  readonly takeFocus: boolean;
  readonly onApply: () => void;
  readonly onDismiss: () => void;
  readonly onDecorative: () => void;
}

function Buttons({ image, busy, takeFocus, onApply, onDismiss, onDecorative }: ButtonsProps) {
  const apply = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (takeFocus) apply.current?.focus();
  }, [takeFocus]);
  const isBusy = busy !== null;
  return (
    <div className="altsmith-panel__buttons">
      <Button ref={apply} variant="primary" isBusy={busy === 'approve'} aria-disabled={isBusy} onClick={onApply}>
        {image.altText === '' ? __('Apply', 'altsmith') : __('Replace', 'altsmith')}
      </Button>
      <Button variant="secondary" isBusy={busy === 'reject'} aria-disabled={isBusy} onClick={onDismiss}>
        {__('Dismiss', 'altsmith')}
      </Button>
      {!image.linked && !image.lightbox && (
        <Button variant="tertiary" isBusy={busy === 'decorative'} aria-disabled={isBusy} onClick={onDecorative}>
          {__('Decorative', 'altsmith')}
        </Button>
      )}
    </div>
  );
}

/** WordPress 7.1's image block remembers that a picture is decorative; elsewhere an empty text has to do. */
function hasDecorativeMark(block: string): boolean {
  return 'isDecorative' in (getBlockType(block)?.attributes ?? {});
}

/** What the reviewer should know: where it comes from, and why to look twice. */
function Reasons({ suggestion, linked }: { readonly suggestion: Suggestion; readonly linked: boolean }) {
  const sentences = suggestion.flags.filter((flag) => flag.code !== 'linked').map((flag) => flag.message);
  if (linked) sentences.unshift(__('The image is a link: its text should say where the link goes.', 'altsmith'));
  return (
    <>
      {sentences.length > 0 && (
        <ul className="altsmith-panel__reasons">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <p className="altsmith-panel__origin">
        {suggestion.model.demonstration
          ? __('Written by the demonstration model, which is often wrong. Please review it.', 'altsmith')
          : sprintf(
              /* translators: %s: name of a model */
              __('The model %s wrote this and can be wrong. Please review it.', 'altsmith'),
              suggestion.model.id,
            )}
      </p>
    </>
  );
}
