/** What has to agree with an English noun that takes the place of another. Pure. */

/** Words whose first sound is not that of their first letter. */
const SILENT_H = /^(?:heir|honest|honou?r|hour)/i;
const SOUNDS_LIKE_YOU =
  /^(?:eu|ewe|one(?![a-z])|once|ouija|u(?:biquit|k|kulele|nanim|ni(?![mn])|r[aoi]|s[aeu]|t[aeio])|unix|usb)/i;
/** A few letters that are read one by one: "an MRI", "a USB stick" is above. */
const LETTERS_WITH_VOWEL = /^[AEFHILMNORSX](?:[A-Z0-9]{1,4}s?)?(?![\p{L}\p{N}])/u;
const VOWEL = /^[aeiou8]|^1[18](?!\d)/i;

/** "a" or "an" in front of a text. */
export function articleFor(text: string): 'a' | 'an' {
  if (SOUNDS_LIKE_YOU.test(text)) return 'a';
  return SILENT_H.test(text) || LETTERS_WITH_VOWEL.test(text) || VOWEL.test(text) ? 'an' : 'a';
}

/** The regular plural of a noun, of its last word where there are several. */
export function pluralOf(noun: string): string {
  if (/(?:s|x|z|ch|sh)$/i.test(noun)) return `${noun}es`;
  if (/[^aeiou]y$/i.test(noun)) return `${noun.slice(0, -1)}ies`;
  return `${noun}s`;
}
