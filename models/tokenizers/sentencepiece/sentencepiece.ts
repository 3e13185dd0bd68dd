import { KINDS, readSentencePieceFile, type SentencePieceFile } from './model-file';
import { sentencePieceNormaliser, SPACE_MARK } from './normalise';

/** A piece of a text; `id` is its place in the model. */
export interface Piece {
  readonly text: string;
  readonly id: number;
}

/** How much worse than the worst piece a character without one is. */
const UNKNOWN_PENALTY = 10;

/** The best way to a place of the text, so far. */
interface Way {
  readonly from: Int32Array;
  readonly score: Float32Array;
  readonly id: Int32Array;
}

/**
 * SentencePiece with a Unigram model: of all ways to cut a text the one whose pieces have the greatest sum of scores. Sums are those of
 * float32, equal ones are decided by the order of the search, as in src/unigram_model.cc (EncodeOptimized).
 */
export class SentencePiece {
  private readonly normaliser: (text: string) => string;
  private readonly ids = new Map<string, number>();
  private readonly unknown: number;
  private readonly unknownScore: number;
  private readonly mostScore: number;
  /** Longest piece in UTF-16 units. */
  private readonly longest: number;
  private readonly bytes = new Map<number, number>();

  private constructor(private readonly file: SentencePieceFile) {
    this.normaliser = sentencePieceNormaliser(file);
    const scores: number[] = [];
    let longest = 1;
    file.pieces.forEach(({ text, score, kind }, id) => {
      if (kind === KINDS.normal) scores.push(score);
      if (kind === KINDS.byte) this.bytes.set(Number.parseInt(text.slice(3, -1), 16), id);
      if (kind !== KINDS.normal && kind !== KINDS.userDefined) return;
      this.ids.set(text, id);
      longest = Math.max(longest, text.length);
    });
    this.longest = longest;
    this.unknown = file.pieces.findIndex(({ kind }) => kind === KINDS.unknown);
    const [least, most] = scores.reduce(
      ([a, b], score) => [Math.min(a, score), Math.max(b, score)],
      [Infinity, -Infinity],
    );
    this.unknownScore = Math.fround(Math.fround(least) - UNKNOWN_PENALTY);
    this.mostScore = Math.fround(most);
  }

  /** Reads a .spm file. Throws ModelError where it is damaged. */
  static of(bytes: Buffer): SentencePiece {
    return new SentencePiece(readSentencePieceFile(bytes));
  }

  get size(): number {
    return this.file.pieces.length;
  }

  /** The text of a piece; undefined where there is none of that id. */
  textOf(id: number): string | undefined {
    return this.file.pieces[id]?.text;
  }

  normalise(text: string): string {
    return this.normaliser(text);
  }

  /** The pieces of a text. Neighbouring characters without a piece are one, of the unknown id, or pieces of their bytes. */
  encode(text: string): Piece[] {
    const normal = this.normaliser(text);
    const way = this.bestWay(normal);
    const found: Piece[] = [];
    for (let end = normal.length; end > 0; end = way.from[end] ?? 0) {
      found.push({ text: normal.slice(way.from[end], end), id: way.id[end] ?? 0 });
    }
    return this.unknownJoined(found.reverse());
  }

  /** The text of ids; control symbols are left out. */
  decode(ids: readonly number[]): string {
    const parts: Buffer[] = [];
    for (const id of ids) {
      const piece = this.file.pieces[id];
      if (piece === undefined || piece.kind === KINDS.control || piece.kind === KINDS.unknown) continue;
      const isByte = piece.kind === KINDS.byte;
      parts.push(isByte ? Buffer.of(Number.parseInt(piece.text.slice(3, -1), 16)) : Buffer.from(piece.text));
    }
    return Buffer.concat(parts).toString('utf8').replaceAll(SPACE_MARK, ' ').trim();
  }

  private bestWay(text: string): Way {
    const way = {
      from: new Int32Array(text.length + 1).fill(-1),
      score: new Float32Array(text.length + 1),
      id: new Int32Array(text.length + 1),
    };
    const offer = (from: number, to: number, [score, id]: readonly [number, number]) => {
      const sum = Math.fround(score + (way.score[from] ?? 0));
      if ((way.from[to] ?? -1) >= 0 && sum <= (way.score[to] ?? 0)) return;
      way.from[to] = from;
      way.score[to] = sum;
      way.id[to] = id;
    };
    for (let from = 0; from < text.length;) {
      const next = from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
      let isKnown = false;
      for (let to = next; to <= text.length && to - from <= this.longest; to++) {
        const id = this.ids.get(text.slice(from, to));
        if (id === undefined) continue;
        offer(from, to, [this.scoreOf(id), id]);
        if (to === next) isKnown = true;
      }
      if (!isKnown) offer(from, next, [this.unknownScore, this.unknown]);
      from = next;
    }
    return way;
  }

  private scoreOf(id: number): number {
    const { text = '', score = 0, kind = 0 } = this.file.pieces[id] ?? {};
    // Symbols of the model always win, longer ones more.
    return kind === KINDS.userDefined ? Math.fround(Buffer.byteLength(text) * this.mostScore) - 0.1 : score;
  }

  private unknownJoined(pieces: readonly Piece[]): Piece[] {
    const joined: Piece[] = [];
    for (const piece of pieces) {
      const last = joined.at(-1);
      if (piece.id !== this.unknown) joined.push(piece);
      else if (this.file.byteFallback) joined.push(...this.bytesOf(piece.text));
      else if (last?.id === this.unknown) joined[joined.length - 1] = { text: last.text + piece.text, id: piece.id };
      else joined.push(piece);
    }
    return joined;
  }

  private bytesOf(text: string): Piece[] {
    return Array.from(Buffer.from(text), (byte) => {
      const id = this.bytes.get(byte) ?? this.unknown;
      return { text: this.file.pieces[id]?.text ?? '', id };
    });
  }
}
