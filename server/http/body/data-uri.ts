/** Longest head of a data URI: media types with a few parameters are far below it. */
const LONGEST_HEAD = 200;

/**
 * How a text that holds a picture begins: `bytes` after a data URI's head (`data:image/png;charset=x;base64,`, its type
 * and parameters do not matter) or from the first character on; `other` is a data URI that is not base64.
 */
export function readHead(text: string): { readonly kind: 'bytes'; readonly from: number } | { readonly kind: 'other' } {
  if (text.slice(0, 5).toLowerCase() !== 'data:') return { kind: 'bytes', from: 0 };
  const comma = text.slice(0, LONGEST_HEAD + 1).indexOf(',');
  if (comma === -1 || text.slice(comma - 7, comma).toLowerCase() !== ';base64') return { kind: 'other' };
  return { kind: 'bytes', from: comma + 1 };
}
