import { __, sprintf } from '@wordpress/i18n';
import type { Placement } from './places-api';

/** How the image stands in one place, in a few words. */
export function placeWords(item: Placement): string {
  /* translators: %s: name of a page builder */
  if (item.locked === 'builder') return sprintf(__('made with %s: change it there', 'altsmith'), item.builder);
  const words: Readonly<Record<Placement['state'], string>> = {
    empty: __('no alt text', 'altsmith'),
    old_value: __('an older text of the library', 'altsmith'),
    current: __('has this text', 'altsmith'),
    custom: __('a text of its own', 'altsmith'),
    decorative: __('decorative', 'altsmith'),
    linked: __('inside a link: its text should say where the link goes', 'altsmith'),
    live:
      item.kind === 'featured'
        ? __('featured image: it always shows the library’s text', 'altsmith')
        : __('it always shows the library’s text', 'altsmith'),
    background: __('background, icon or avatar: no alt text is shown there', 'altsmith'),
    named: __('the name of the category is shown there, not this text', 'altsmith'),
    unknown: __('its address is mentioned; how the image is shown there is not known', 'altsmith'),
  };
  const said =
    item.can_change || STANDING.has(item.state)
      ? words[item.state]
      : /* translators: %s: how an image stands there, for instance "no alt text" */
        sprintf(__('%s; it cannot be changed from here', 'altsmith'), words[item.state]);
  /* translators: %s: how an image stands in a page, for instance "no alt text" */
  const inVersion = item.version === 'draft' ? sprintf(__('%s, in the draft', 'altsmith'), said) : said;
  return item.builder === '' ? inVersion : `${item.builder}: ${inVersion}`;
}

/** States in which there is nothing to change. */
const STANDING: ReadonlySet<Placement['state']> = new Set(['current', 'decorative', 'live', 'background', 'named', 'unknown']);

/** What came of the change to one post. */
export function outcomeWords(outcome: string): string {
  const words: Readonly<Record<string, string>> = {
    updated: __('Updated.', 'altsmith'),
    changed: __('Not updated: it has changed. Check again.', 'altsmith'),
    // WordPress takes a post for open until 150 seconds after the editor's last sign of life.
    being_edited: __(
      'Not updated: it is open in an editor, or was closed less than three minutes ago. Try again later.',
      'altsmith',
    ),
    not_allowed: __('Not updated: you cannot edit it.', 'altsmith'),
    refused: __('Not updated: it cannot be changed from here.', 'altsmith'),
    gone: __('Not updated: it no longer exists.', 'altsmith'),
    not_kept: __('WordPress or another plugin did not keep the change.', 'altsmith'),
  };
  return words[outcome] ?? '';
}
