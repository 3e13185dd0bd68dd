/** A replacement, and how many bytes of the text it stands for. */
export interface Replacement {
  readonly bytes: Buffer;
  readonly taken: number;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/**
 * SentencePiece's table of replacements (`precompiled_charsmap`, src/normalizer.cc): the length of a double array in bytes, the array
 * (Darts-clone), then texts that end with a zero byte. The array leads from the bytes of what is replaced to the place of its replacement.
 */
export class ReplacementTable {
  private readonly arrayBytes: number;

  /** Throws Error where the table is damaged. */
  constructor(private readonly bytes: Buffer) {
    this.arrayBytes = this.bytes.length < 4 ? 0 : this.bytes.readUInt32LE(0);
    if (this.arrayBytes === 0 || 4 + this.arrayBytes > this.bytes.length) throw new Error('The table is cut.');
  }

  /** What stands for a text: the shortest beginning of it that has an entry decides, and the rest is dropped. */
  find(text: string): string | null {
    for (const { bytes } of this.matches(Buffer.from(text), 0)) return bytes.toString('utf8');
    return null;
  }

  /** What stands for the longest run of bytes from `at` on that has an entry. */
  longest(text: Buffer, at: number): Replacement | null {
    let found: Replacement | null = null;
    for (const match of this.matches(text, at)) found = match;
    return found;
  }

  /** Shortest first. */
  private *matches(text: Buffer, begin: number): Generator<Replacement> {
    let place = offsetOf(this.unit(0));
    for (let at = begin; at < text.length; at++) {
      const byte = text[at] ?? 0;
      place ^= byte;
      const unit = this.unit(place);
      if (byte === 0 || (unit & 0x800000ff) >>> 0 !== byte) return;
      place ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) {
        yield { bytes: this.textAt(this.unit(place) & 0x7fffffff), taken: at - begin + 1 };
      }
    }
  }

  private unit(index: number): number {
    return (index + 1) * 4 <= this.arrayBytes ? this.bytes.readUInt32LE(4 + index * 4) : 0;
  }

  private textAt(place: number): Buffer {
    const begin = 4 + this.arrayBytes + place;
    const end = this.bytes.indexOf(0, begin);
    return this.bytes.subarray(begin, end < 0 ? this.bytes.length : end);
  }
}
