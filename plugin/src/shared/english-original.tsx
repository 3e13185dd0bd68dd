import { __ } from '@wordpress/i18n';
import type { Suggestion } from './types';

/** The English beside a translation, to be compared. */
export function EnglishOriginal({ suggestion: { source } }: { readonly suggestion: Suggestion }) {
  if (source === '') return null;
  return (
    <p className="altsmith-english">
      {__('English original:', 'altsmith')}{' '}
      <q lang="en" dir="ltr">
        {source}
      </q>
    </p>
  );
}
