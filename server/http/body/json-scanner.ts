import { AppError } from '../../errors';
import { readHead } from './data-uri';
import { Base64Stream } from './base64';
import { Unescaper } from './unescape';

/** Where the bytes of a picture go that stands in a body as text. */
export interface PictureSink {
  /** What stands in the JSON in the picture's place. */
  readonly name: string;
  write(bytes: Uint8Array): void;
  /** Nothing more comes; `isPicture` is false when it was no base64 after all. */
  end(isPicture: boolean): void;
}

export interface ScannerParts {
  /** Most bytes of the JSON without its pictures. */
  readonly textBytes: number;
  /** Opens a place for a picture; absent: every string stays where it is. */
  readonly openPicture?: () => PictureSink;
}

/** Strings of so many bytes that look like a picture are taken out. Names of pictures are as long, so that the limits of texts hold. */
export const PICTURE_FROM_BYTES = 4096;
/** Parsing takes time by the number of values, not by bytes: 100,000 of them take some 20 ms. */
const MOST_VALUES = 100_000;
const DEEPEST = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS = new Set([0x5b, 0x7b]);
const CLOSERS = new Set([0x5d, 0x7d]);
const SEPARATORS = new Set([0x2c, 0x3a]);
const LOOKS_LIKE_BASE64 = /^[A-Za-z0-9+/_\s-]*={0,2}$/;

/**
 * Reads a JSON body while it arrives: pictures go straight to where they are kept, the rest stays in memory and is
 * bounded in bytes, in values and in depth. It does not judge the JSON; the parser does that with what is left.
 * Throws BODY_TOO_LARGE and BAD_REQUEST.
 */
export class JsonScanner {
  #text = Buffer.allocUnsafe(4096);
  #textLength = 0;
  #values = 0;
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #stringStart = 0;
  #isLong = false;
  #picture: PictureText | null = null;

  constructor(private readonly parts: ScannerParts) {}

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length;) at = this.#isString ? this.#string(bytes, at) : this.#structure(bytes, at);
  }

  /** The JSON, with a name in the place of each picture. */
  end(): Buffer {
    this.#picture?.end();
    return this.#text.subarray(0, this.#textLength);
  }

  /** Up to and including the next quotation mark. */
  #structure(bytes: Buffer, from: number): number {
    let at = from;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (OPENERS.has(byte)) this.#depth += 1;
      else if (CLOSERS.has(byte)) this.#depth -= 1;
      else if (!SEPARATORS.has(byte)) continue;
      this.#count();
    }
    const end = Math.min(at + 1, bytes.length);
    this.#keep(bytes.subarray(from, end));
    if (at < bytes.length) {
      this.#count();
      this.#isString = true;
      this.#isLong = false;
      this.#stringStart = this.#textLength;
    }
    return end;
  }

  #count(): void {
    this.#values += 1;
    const problem =
      this.#values > MOST_VALUES ? 'has too many values' : this.#depth > DEEPEST ? 'is nested too deep' : null;
    if (problem !== null) throw new AppError('BAD_REQUEST', { problems: [{ where: 'body', problem }] });
  }

  #string(bytes: Buffer, from: number): number {
    const end = this.#endOfString(bytes, from);
    const isWhole = end < bytes.length;
    const piece = bytes.subarray(from, end);
    if (this.#picture === null) {
      this.#keep(piece);
      if (!this.#isLong && this.#textLength - this.#stringStart >= PICTURE_FROM_BYTES) this.#judge();
    } else this.#picture.push(piece);
    if (!isWhole) return end;
    if (this.#picture !== null) {
      this.#picture.end();
      this.#keep(Buffer.from(this.#picture.name));
      this.#picture = null;
    }
    this.#keep(bytes.subarray(end, end + 1));
    this.#isString = false;
    return end + 1;
  }

  /** Place of the closing quotation mark, or the end of the piece. */
  #endOfString(bytes: Buffer, from: number): number {
    let at = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at += 1;
    }
    let quote = bytes.indexOf(QUOTE, at);
    for (;;) {
      const backslash = bytes.indexOf(BACKSLASH, at);
      if (backslash === -1 || (quote !== -1 && quote < backslash)) return quote === -1 ? bytes.length : quote;
      at = backslash + 2;
      if (at > bytes.length) {
        this.#isEscaped = true;
        return bytes.length;
      }
      if (quote !== -1 && quote < at) quote = bytes.indexOf(QUOTE, at);
    }
  }

  /** Once a string is long enough: a picture is taken out of the text, from its first byte on. */
  #judge(): void {
    this.#isLong = true;
    const begun = this.#text.subarray(this.#stringStart, this.#textLength);
    if (this.parts.openPicture === undefined || !looksLikePicture(begun)) return;
    this.#picture = new PictureText(this.parts.openPicture());
    this.#picture.push(begun);
    this.#textLength = this.#stringStart;
  }

  #keep(bytes: Buffer): void {
    const length = this.#textLength + bytes.length;
    // A string that may turn out to be a picture is judged before it counts in full.
    const slack = this.#isString && !this.#isLong && this.parts.openPicture !== undefined ? bytes.length : 0;
    if (length - slack > this.parts.textBytes) throw new AppError('BODY_TOO_LARGE');
    if (length > this.#text.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#text.length * 2));
      this.#text.copy(larger, 0, 0, this.#textLength);
      this.#text = larger;
    }
    bytes.copy(this.#text, this.#textLength);
    this.#textLength = length;
  }
}

function looksLikePicture(raw: Buffer): boolean {
  const text = new Unescaper().push(raw.toString('latin1', 0, PICTURE_FROM_BYTES));
  const head = readHead(text);
  return head.kind === 'bytes' && LOOKS_LIKE_BASE64.test(text.slice(head.from).trimEnd());
}

/** The text of one picture, on its way to its place. */
class PictureText {
  readonly #unescaper = new Unescaper();
  readonly #base64 = new Base64Stream();
  #isHead = true;

  constructor(private readonly sink: PictureSink) {}

  get name(): string {
    return this.sink.name;
  }

  push(raw: Buffer): void {
    let text = this.#unescaper.push(raw.toString('latin1'));
    if (this.#isHead) {
      // The first piece is long enough to hold the whole head.
      const head = readHead(text);
      text = head.kind === 'bytes' ? text.slice(head.from) : text;
      this.#isHead = false;
    }
    const bytes = this.#base64.push(text);
    if (bytes.length > 0) this.sink.write(bytes);
  }

  end(): void {
    const last = this.#base64.end();
    if (last !== null && last.length > 0) this.sink.write(last);
    this.sink.end(last !== null);
  }
}
