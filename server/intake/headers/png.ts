import type { ByteSource } from './byte-source';
import { HeaderError, whole, type Dimensions } from './dimensions';

/** IHDR is always the first chunk (PNG specification, 5.6). */
export async function readPng(source: ByteSource): Promise<Dimensions> {
  const head = whole(await source.read(8, 16), 16);
  if (head.toString('latin1', 4, 8) !== 'IHDR') throw new HeaderError('the PNG does not begin with IHDR');
  return { width: head.readUInt32BE(8), height: head.readUInt32BE(12) };
}
