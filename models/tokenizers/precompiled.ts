/** Longest grapheme in UTF-8 bytes, not included, that is looked up as a whole. */
const WHOLE_BYTES = 6;
/** U+0085, white space for SentencePiece and not for JavaScript's \s. */
const NEXT_LINE = /\u0085/g;

/**
 * SentencePiece's table of replacements (`precompiled_charsmap`, src/normalizer.cc): the length of a double array in bytes, the array
 * (Darts-clone), then texts that end with a zero byte. The array leads from the bytes of what is replaced to the place of its replacement.
 */
class ReplacementTable {
  private readonly bytes: Buffer;
  private readonly arrayBytes: number;

  constructor(base64: string) {
    this.bytes = Buffer.from(base64, 'base64');
    this.arrayBytes = this.bytes.length < 4 ? 0 : this.bytes.readUInt32LE(0);
    if (this.arrayBytes === 0 || 4 + this.arrayBytes > this.bytes.length) throw new Error('The table is cut.');
  }

  /** What stands for a text: the shortest beginning of it that has an entry decides, and the rest is dropped. */
  find(text: string): string | null {
    let at = offsetOf(this.unit(0));
    for (const byte of Buffer.from(text)) {
      at ^= byte;
      const unit = this.unit(at);
      if (byte === 0 || (unit & 0x800000ff) >>> 0 !== byte) return null;
      at ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) return this.textAt(this.unit(at) & 0x7fffffff);
    }
    return null;
  }

  private unit(index: number): number {
    return (index + 1) * 4 <= this.arrayBytes ? this.bytes.readUInt32LE(4 + index * 4) : 0;
  }

  private textAt(place: number): string {
    const begin = 4 + this.arrayBytes + place;
    return this.bytes.toString('utf8', begin, this.bytes.indexOf(0, begin));
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/**
 * The normaliser of such a table as the tokenizers library has it: graphemes of few bytes are looked up whole, others character by
 * character. (`@huggingface/tokenizers` uses NFKC instead, which differs on one of 125 adversarial texts.) Throws Error where the table
 * is damaged.
 */
export function precompiledNormaliser(base64: string): (text: string) => string {
  const table = new ReplacementTable(base64);
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    let normalised = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = Buffer.byteLength(segment) < WHOLE_BYTES ? table.find(segment) : null;
      normalised += whole ?? Array.from(segment, (character) => table.find(character) ?? character).join('');
    }
    return normalised.replace(NEXT_LINE, ' ');
  };
}
