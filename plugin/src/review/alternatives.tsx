import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { langOf } from '../shared/languages';
import type { Suggestion } from '../shared/types';
import { differences } from './differences';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';

/** Other texts for the same picture. What one of them says that the text in the box does not is marked. */
export function Alternatives({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  const draft = review.draftOf(suggestion);
  const others = suggestion.alternatives.filter((one) => one !== draft);
  if (!isOpen(suggestion) || others.length === 0) return null;
  return (
    <div className="altsmith-card__alternatives">
      <span>{__('Or:', 'altsmith')}</span>
      <ul>
        {others.map((text) => (
          <li key={text}>
            <Button
              variant="link"
              {...langOf(suggestion)}
              dir="auto"
              /* translators: %s: a text */
              aria-label={sprintf(__('Use: %s', 'altsmith'), text)}
              onClick={() => review.setDraft(suggestion.id, text)}
            >
              <span>
                {differences(text, draft).map((piece, index) =>
                  piece.isNew ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
                )}
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
