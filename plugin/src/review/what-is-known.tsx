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

/** In how many places the image is shown. That it is shown nowhere is only said when everything was searched. */
export function usedInWords({ used_in: places, used_in_complete: isComplete }: Suggestion): string {
  if (places > 0)
    /* translators: %d: number of posts, terms, users and so on */
    return sprintf(_n('%d place', '%d places', places, 'altsmith'), places);
  return isComplete ? __('Not found', 'altsmith') : __('Not found so far', 'altsmith');
}

function factsOf(suggestion: Suggestion): readonly (readonly [string, string])[] {
  const { picture, text_in_picture: words } = suggestion;
  const facts: (readonly [string, string])[] = [[__('File', 'altsmith'), suggestion.file_name]];
  if (picture !== null)
    /* translators: 1: width, 2: height, both in pixels */
    facts.push([__('Size', 'altsmith'), sprintf(__('%1$d by %2$d pixels', 'altsmith'), picture.width, picture.height)]);
  if (suggestion.video !== null) return facts;
  facts.push([
    __('Used in', 'altsmith'),
    usedInWords(suggestion),
  ]);
  if (words !== '') facts.push([__('Words in the image', 'altsmith'), words]);
  return facts;
}
