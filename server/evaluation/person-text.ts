/** Why a text says nothing about how a person would describe the picture. */
export type Unfit = 'empty' | 'file_name';

const FILE_ENDING = /\.(?:jpe?g|jfif|png|webp|gif|avif|tiff?|svg|bmp|heic|pdf)$/i;
/** Names that cameras, phones and programs give, before their number. */
const GIVEN_NAME =
  /^(?:img|dsc[fn]?|pxl|mvimg|dcim|gopr|image|photo|picture|bild|foto|scan|screen ?shot|untitled)?[\d\p{P}\p{S}\s]*$/iu;
const HEXADECIMAL = /^[0-9a-f]{8,}$|^[0-9a-f]{8}-[0-9a-f-]{27}$/i;

/** No sentence is one word with an underscore, with digits and joints, or with two joints and more: `hero_banner`, `hero-banner-02`. */
function isJoined(word: string): boolean {
  if (!/^[\p{L}\p{N}()_-]+$/u.test(word)) return false;
  const joints = word.split('-').length - 1;
  return word.includes('_') || joints > 1 || (joints === 1 && /\d/.test(word));
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Null where a person wrote the text for the picture; `names` are the picture's own. An empty text marks a decorative picture. */
export function unfitBecause(text: string, names: readonly string[]): Unfit | null {
  const said = text.trim();
  if (plain(said) === '') return 'empty';
  if (FILE_ENDING.test(said) || GIVEN_NAME.test(said) || HEXADECIMAL.test(said) || isJoined(said)) return 'file_name';
  // "IMG 2031", "hero banner final": WordPress makes titles and, with some plugins, texts of file names.
  const stems = names.map((name) => plain(name.replace(FILE_ENDING, '')));
  return stems.includes(plain(said)) && !/\s/.test(said) ? 'file_name' : null;
}
