/** `\u002B` and its like: how some programs write the signs of base64. */
const CODED = /\\u00([0-9a-fA-F]{2})/g;
const LONGEST = 6;

/**
 * Undoes JSON's escapes in base64 that arrives in pieces; a piece may end in the middle of one. Only escapes that base64
 * can have are undone, each kind in one native pass; any other leaves its backslash, which base64 does not have.
 */
export class Unescaper {
  #rest = '';

  push(piece: string): string {
    const text = this.#rest + piece;
    this.#rest = '';
    const last = text.lastIndexOf('\\');
    if (last === -1) return text;
    const isCut = last > text.length - (text[last + 1] === 'u' ? LONGEST : 2);
    if (isCut) this.#rest = text.slice(last);
    const whole = isCut ? text.slice(0, last) : text;
    return whole
      .replaceAll('\\/', '/')
      .replaceAll('\\n', '')
      .replaceAll('\\r', '')
      .replaceAll('\\t', '')
      .replace(CODED, (_escape, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
}
