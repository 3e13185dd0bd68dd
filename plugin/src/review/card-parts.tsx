import { __, sprintf } from '@wordpress/i18n';
import type { Suggestion } from '../shared/types';
import { isOpen, STATE_WORDS } from './suggestion-words';

export function Current({ suggestion }: { readonly suggestion: Suggestion }) {
  return (
    <p className="altsmith-card__current">
      <strong>
        {suggestion.kind === 'video' ? __('Current description:', 'altsmith') : __('Current alt text:', 'altsmith')}
      </strong>{' '}
      {suggestion.current_alt !== '' ? (
        <bdi>{suggestion.current_alt}</bdi>
      ) : (
        <em>{suggestion.is_decorative ? __('empty, because decorative', 'altsmith') : __('none', 'altsmith')}</em>
      )}
    </p>
  );
}

/** What the approval writes besides the alt text. */
export function Follows({ suggestion }: { readonly suggestion: Suggestion }) {
  const { title, description, keywords } = suggestion.follows;
  const parts: readonly (readonly [string, string])[] = [
    [__('Title', 'altsmith'), title ?? ''],
    [__('Description', 'altsmith'), description ?? ''],
    [__('Keywords', 'altsmith'), (keywords ?? []).join(', ')],
  ];
  const shown = parts.filter(([, text]) => text !== '');
  if (!isOpen(suggestion) || shown.length === 0) return null;
  return (
    <details className="altsmith-card__follows">
      <summary>
        {sprintf(
          /* translators: %s: list such as "Title, Keywords" */
          __('Approving also fills in: %s', 'altsmith'),
          shown.map(([label]) => label).join(', '),
        )}
      </summary>
      <dl>
        {shown.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd dir="auto">{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Who wrote the text, and how sure that model was where its confidence says something. */
function writtenBy(model: Suggestion['model'], confidence: number): string {
  if (model.precision === 'remote') {
    /* translators: %s: model name */
    return sprintf(__('Written by %s on another server, which reports no confidence.', 'altsmith'), model.id);
  }
  if (!model.calibrated) {
    /* translators: %s: model name */
    return sprintf(__('Written by %s, whose confidence was not measured.', 'altsmith'), model.id);
  }
  return sprintf(
    /* translators: 1: model name, 2: a percentage */
    __('Written by %1$s, confidence %2$d %%.', 'altsmith'),
    model.id,
    Math.round(confidence * 100),
  );
}

export function Reasons({ suggestion }: { readonly suggestion: Suggestion }) {
  const { model, confidence, state } = suggestion;
  return (
    <ul className="altsmith-card__reasons">
      {state === 'conflict' ? (
        <li className="altsmith-card__conflict">
          {suggestion.kind === 'video'
            ? __('Someone changed the description after it was shown. Their text was kept. Please review again.', 'altsmith')
            : __('Someone changed the alt text after it was shown. Their text was kept. Please review again.', 'altsmith')}
        </li>
      ) : null}
      {state === 'pending' || state === 'conflict' ? null : (
        <li>
          {STATE_WORDS[state]}
          {suggestion.decided_by === null ? '' : ` (${suggestion.decided_by.name})`}
          {suggestion.reason === '' ? '' : `: ${suggestion.reason}`}
        </li>
      )}
      {suggestion.passed_by.length === 0 ? null : (
        <li>
          {/* translators: %s: names of people */}
          {sprintf(__('Passed on by %s.', 'altsmith'), suggestion.passed_by.join(', '))}
        </li>
      )}
      {suggestion.flags.map((flag) => (
        <li key={flag.code}>{flag.message}</li>
      ))}
      <li>
        {writtenBy(model, confidence)}{' '}
        {model.demonstration ? __('This model is for demonstration only.', 'altsmith') : null}
      </li>
      {suggestion.translator === '' ? null : (
        <li>
          {/* translators: %s: name of a model */}
          {sprintf(__('Translated by %s.', 'altsmith'), suggestion.translator)}
        </li>
      )}
    </ul>
  );
}
