import { TextareaControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import type { Suggestion } from '../shared/types';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';

/** The English that a text was translated from, to be compared and corrected; an approval remembers both. */
export function Source({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  if (suggestion.source === '') return null;
  return (
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
  );
}
