import type { ByteSource } from './byte-source';
import { HeaderError, whole, type Dimensions } from './dimensions';

/** The first chunk tells the kind: lossy VP8, lossless VP8L, or extended VP8X (RFC 9649). */
export async function readWebp(source: ByteSource): Promise<Dimensions> {
  const head = whole(await source.read(12, 18), 13);
  const kind = head.toString('latin1', 0, 4);
  if (kind === 'VP8L') {
    if (head[8] !== 0x2f) throw new HeaderError('the VP8L signature is missing');
    const bits = head.readUInt32LE(9);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  whole(head, 18);
  if (kind === 'VP8X') return { width: head.readUIntLE(12, 3) + 1, height: head.readUIntLE(15, 3) + 1 };
  if (kind === 'VP8 ') {
    if (head.readUIntBE(11, 3) !== 0x9d012a) throw new HeaderError('the VP8 start code is missing');
    return { width: head.readUInt16LE(14) & 0x3fff, height: head.readUInt16LE(16) & 0x3fff };
  }
  throw new HeaderError('the first chunk of the WebP is unknown');
}
