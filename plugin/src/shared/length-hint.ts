import { __, _n, sprintf } from '@wordpress/i18n';

/** Above this a text is long for a listener, above the second very long; hints, never limits. */
const LONG_TEXT = 150;
const VERY_LONG_TEXT = 250;

/** How long a text is, in words. */
export function lengthOf(text: string): string {
  const length = Array.from(text).length;
  /* translators: %d: number of characters */
  return sprintf(_n('%d character', '%d characters', length, 'altsmith'), length);
}

/** How long an alt text is, in words for the person who edits it. Nothing is ever cut. */
export function lengthHint(text: string): string {
  const length = Array.from(text).length;
  const count = lengthOf(text);
  if (length <= LONG_TEXT) return count;
  return length <= VERY_LONG_TEXT
    ? /* translators: %s: "160 characters" */
      sprintf(__('%s: long when read aloud by a screen reader. It will not be shortened.', 'altsmith'), count)
    : /* translators: %s: "300 characters" */
      sprintf(__('%s: very long for alt text. Consider a caption or a text beside the image.', 'altsmith'), count);
}
