import type { ByteSource } from './byte-source';
import { HeaderError, whole, type Dimensions } from './dimensions';

/** Boxes looked at before giving up; a real file has a few dozen. */
const MOST_BOXES = 2000;

interface Box {
  readonly type: string;
  /** Offset of the content and of the end. */
  readonly start: number;
  readonly end: number;
}

class BoxWalk {
  #looked = 0;

  constructor(private readonly source: ByteSource) {}

  /** The boxes between two offsets (ISO/IEC 14496-12, 4.2). */
  async *between(start: number, end: number): AsyncGenerator<Box> {
    let offset = start;
    while (offset + 8 <= end) {
      this.#looked += 1;
      if (this.#looked > MOST_BOXES) throw new HeaderError('the AVIF has too many boxes');
      const head = whole(await this.source.read(offset, 16), 8);
      const declared = head.readUInt32BE(0);
      const isLong = declared === 1;
      const size = isLong ? Number(whole(head, 16).readBigUInt64BE(8)) : declared === 0 ? end - offset : declared;
      const headSize = isLong ? 16 : 8;
      if (size < headSize || offset + size > end) throw new HeaderError('an AVIF box does not fit');
      yield { type: head.toString('latin1', 4, 8), start: offset + headSize, end: offset + size };
      offset += size;
    }
  }

  async find(type: string, start: number, end: number): Promise<Box> {
    for await (const box of this.between(start, end)) if (box.type === type) return box;
    throw new HeaderError(`the AVIF has no ${type} box`);
  }
}

/** The largest picture that any `ispe` property declares; a grid declares both its tiles and the whole. */
export async function readAvif(source: ByteSource): Promise<Dimensions> {
  const walk = new BoxWalk(source);
  const meta = await walk.find('meta', 0, source.size);
  // `meta` is a full box: four bytes of version and flags come first.
  const properties = await walk.find('iprp', meta.start + 4, meta.end);
  const container = await walk.find('ipco', properties.start, properties.end);
  let largest: Dimensions = { width: 0, height: 0 };
  for await (const box of walk.between(container.start, container.end)) {
    if (box.type !== 'ispe') continue;
    const size = whole(await source.read(box.start + 4, 8), 8);
    const found = { width: size.readUInt32BE(0), height: size.readUInt32BE(4) };
    if (found.width * found.height > largest.width * largest.height) largest = found;
  }
  return largest;
}
