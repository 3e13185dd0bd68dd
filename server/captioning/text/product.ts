import type { FieldName } from '../../contract/fields';
import type { ProductContext } from '../../contract/job';
import type { SuggestedTexts } from '../../translating/suggested-texts';

/** Search results and media lists cut longer titles. Characters. */
const LONGEST_TITLE = 60;
/** Shorter words behind a product's name say nothing. Characters. */
const SHORTEST_REST = 12;
/** More would be keyword stuffing. */
const MOST_KEYWORDS = 8;

const clean = (text: string) => text.replace(/\s+/gu, ' ').trim();

/** At most `most` characters, cut between words where there are any. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const space = text.slice(0, most + 1).lastIndexOf(' ');
  const cut =
    space > 0
      ? text.slice(0, space)
      : Array.from(text.slice(0, most + 1))
          .slice(0, -1)
          .join('');
  return cut.replace(/(?<![\s,;:.])[\s,;:.]+$/u, '');
}

/** Pictures of one product differ in what they show, so what is seen follows the name where there is room. */
function titleOf(name: string, seen: string): string {
  const room = LONGEST_TITLE - name.length - 2;
  return room < SHORTEST_REST || seen === '' ? shortened(name, LONGEST_TITLE) : `${name}: ${shortened(seen, room)}`;
}

/**
 * Texts of a picture of a product: title, caption and keywords say its name, attributes and categories, as the shop writes them and
 * in no translation. The alt text stays what is seen. Pure; a second time it changes nothing.
 */
export function withProduct(
  texts: SuggestedTexts,
  product: ProductContext | undefined,
  wanted: readonly FieldName[] | null,
): SuggestedTexts {
  const name = clean(product?.name ?? '');
  if (product === undefined || name === '') return texts;
  const attributes = (product.attributes ?? []).map(clean).filter((one) => one !== '');
  const categories = (product.categories ?? []).map(clean).filter((one) => one !== '');
  const named = [name, ...attributes].join(', ');
  const seen = clean(texts.fields.alt_text).replace(/(?<!\.)\.$/u, '');
  const isWanted = (field: FieldName) => wanted === null || wanted.includes(field);
  const keywords = [...new Set([name, ...attributes, ...categories, ...(texts.fields.keywords ?? [])])];
  return {
    ...texts,
    fields: {
      ...texts.fields,
      ...(isWanted('title') ? { title: titleOf(named, seen) } : {}),
      ...(isWanted('caption') ? { caption: named } : {}),
      ...(isWanted('keywords') ? { keywords: keywords.slice(0, MOST_KEYWORDS) } : {}),
    },
  };
}
