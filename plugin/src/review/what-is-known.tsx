import { __, _n, sprintf } from '@wordpress/i18n';
import type { Suggestion } from '../shared/types';

/** What the site knows of a picture, for somebody who does not see it: read out when the picture is reached. */
export function WhatIsKnown({ suggestion, id }: { readonly suggestion: Suggestion; readonly id: string }) {
  return (
    <dl className="altsmith-known" id={id}>
      {factsOf(suggestion).map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd dir="auto">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(suggestion: Suggestion): readonly (readonly [string, string])[] {
  const { picture, used_in: usedIn, text_in_picture: words } = suggestion;
  const facts: (readonly [string, string])[] = [[__('File', 'altsmith'), suggestion.file_name]];
  if (picture !== null)
    /* translators: 1: width, 2: height, both in pixels */
    facts.push([__('Size', 'altsmith'), sprintf(__('%1$d by %2$d pixels', 'altsmith'), picture.width, picture.height)]);
  facts.push([
    __('Used in', 'altsmith'),
    usedIn === 0
      ? __('Not found in posts', 'altsmith')
      : /* translators: %d: number of posts */
        sprintf(_n('%d post', '%d posts', usedIn, 'altsmith'), usedIn),
  ]);
  if (words !== '') facts.push([__('Words in the image', 'altsmith'), words]);
  return facts;
}
