const BLANKS = /[\t\n\f\r ]+/g;
/** One character class and a bounded end: one pass, whatever the input. */
const PIECE = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Decodes base64 piece by piece: the usual alphabet and the one for URLs, with or without padding, blanks anywhere. */
export class Base64Stream {
  #rest = '';
  #hasEnded = false;
  #isValid = true;
  #isEmpty = true;

  /** The bytes that are complete by now; nothing any more once a sign came that base64 does not have. */
  push(text: string): Buffer {
    const piece = text.replace(BLANKS, '');
    if (piece === '' || !this.#isValid) return Buffer.alloc(0);
    this.#isValid = PIECE.test(piece) && (!this.#hasEnded || /^=?$/.test(piece));
    if (!this.#isValid) return Buffer.alloc(0);
    this.#hasEnded ||= piece.endsWith('=');
    this.#isEmpty &&= piece.startsWith('=');
    const whole = this.#rest + piece;
    const complete = whole.length - (whole.length % 4);
    this.#rest = whole.slice(complete);
    return Buffer.from(whole.slice(0, complete), 'base64');
  }

  /** The last bytes; null when what came was no base64, or nothing. */
  end(): Buffer | null {
    return this.#isValid && !this.#isEmpty ? Buffer.from(this.#rest, 'base64') : null;
  }
}

/** The bytes of a text in base64; null when it is none. */
export function decodeBase64(text: string): Buffer | null {
  const stream = new Base64Stream();
  const bytes = stream.push(text);
  const last = stream.end();
  return last === null ? null : Buffer.concat([bytes, last]);
}
