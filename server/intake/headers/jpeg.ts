import type { ByteSource } from './byte-source';
import { HeaderError, whole, type Dimensions } from './dimensions';

/** A photograph has some 20 segments before its frame; more than this is an attack on the reader. */
const MOST_SEGMENTS = 2000;

/** SOF0 to SOF15 but for DHT (C4), JPG (C8) and DAC (CC), which share the range (ITU T.81, table B.1). */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Walks the segments up to the first frame header. */
export async function readJpeg(source: ByteSource): Promise<Dimensions> {
  let offset = 2;
  for (let count = 0; count < MOST_SEGMENTS; count += 1) {
    const head = whole(await source.read(offset, 4), 4);
    if (head[0] !== 0xff) throw new HeaderError('a JPEG segment does not begin with a marker');
    const marker = head.readUInt8(1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) break;
    if (startsFrame(marker)) {
      const frame = whole(await source.read(offset + 5, 4), 4);
      return { height: frame.readUInt16BE(0), width: frame.readUInt16BE(2) };
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    const length = standsAlone ? 0 : head.readUInt16BE(2);
    if (!standsAlone && length < 2) throw new HeaderError('a JPEG segment is shorter than its own length');
    offset += 2 + length;
  }
  throw new HeaderError('the JPEG has no frame');
}
