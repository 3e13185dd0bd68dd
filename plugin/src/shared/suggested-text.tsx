import { speak } from '@wordpress/a11y';
import { TextareaControl } from '@wordpress/components';
import { useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from './control-props';
import { EnglishOriginal } from './english-original';
import { joinAnswer } from './join-answer';
import { langOf } from './languages';
import { lengthHint, lengthOf } from './length-hint';
import { Questions } from './questions';
import type { Suggestion } from './types';

interface Props {
  readonly suggestion: Suggestion;
  readonly text: string;
  readonly rows: number;
  readonly onText: (text: string) => void;
}

/** The text of a suggestion to be edited, its English, and questions whose answers can be taken into it. */
export function SuggestedText({ suggestion, text, rows, onText }: Props) {
  const field = useRef<HTMLDivElement>(null);
  return (
    <>
      <div ref={field}>
        <TextareaControl
          {...langOf(suggestion)}
          dir="auto"
          label={__('Suggestion', 'altsmith')}
          help={suggestion.kind === 'video' ? lengthOf(text) : lengthHint(text)}
          value={text}
          rows={rows}
          onChange={onText}
          {...NO_EXTRA_MARGIN}
        />
      </div>
      <EnglishOriginal suggestion={suggestion} />
      {suggestion.kind === 'image' && (
        <Questions
          attachment={suggestion.attachment_id}
          onTake={(words, language) => {
            onText(joinAnswer(text, words, language));
            speak(__('Added to the alt text.', 'altsmith'));
            field.current?.querySelector('textarea')?.focus();
          }}
        />
      )}
    </>
  );
}
