import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { joinAnswer } from '../shared/join-answer';
import { Questions } from '../shared/questions';
import type { Suggestion } from '../shared/types';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';

/** Questions about the image of a suggestion; an answer that is taken stands at the end of the text, which has the focus then. */
export function CardQuestions({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  const { id } = suggestion;
  if (!isOpen(suggestion)) return null;
  return (
    <Questions
      attachment={suggestion.attachment_id}
      onTake={(words, language) => {
        review.setDraft(id, joinAnswer(review.draftOf(suggestion), words, language));
        speak(__('Added to the alt text.', 'altsmith'));
        review.elementOf(id)?.querySelector('textarea')?.focus();
      }}
    />
  );
}
