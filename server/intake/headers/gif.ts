import type { ByteSource } from './byte-source';
import { whole, type Dimensions } from './dimensions';

/** The logical screen (GIF89a, 18). Decoders allocate this, whatever the frames say. */
export async function readGif(source: ByteSource): Promise<Dimensions> {
  const head = whole(await source.read(6, 4), 4);
  return { width: head.readUInt16LE(0), height: head.readUInt16LE(2) };
}
