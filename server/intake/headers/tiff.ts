import type { ByteSource } from './byte-source';
import { HeaderError, whole, type Dimensions } from './dimensions';

const TAG_WIDTH = 256;
const TAG_HEIGHT = 257;
const TAG_SAMPLE_FORMAT = 339;
const SAMPLE_FORMAT_FLOAT = 3;
const TYPE_SHORT = 3;
const TYPE_LONG = 4;

/** Width and height of the first page (TIFF 6.0, section 2). BigTIFF and floating-point samples are refused. */
export async function readTiff(source: ByteSource): Promise<Dimensions> {
  const head = whole(await source.read(0, 8), 8);
  const little = head[0] === 0x49;
  const short = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const directory = long(head, 4);
  const count = short(whole(await source.read(directory, 2), 2), 0);
  const entries = whole(await source.read(directory + 2, count * 12), count * 12);
  const found = new Map<number, number>();
  for (let at = 0; at < entries.length; at += 12) {
    const type = short(entries, at + 2);
    if (type === TYPE_SHORT) {
      // Up to two shorts stand in the entry itself; of more, such as one for each of three channels, only the place.
      const isInline = long(entries, at + 4) <= 2;
      const values = isInline ? entries.subarray(at + 8) : whole(await source.read(long(entries, at + 8), 2), 2);
      found.set(short(entries, at), short(values, 0));
    }
    if (type === TYPE_LONG) found.set(short(entries, at), long(entries, at + 8));
  }
  const width = found.get(TAG_WIDTH);
  const height = found.get(TAG_HEIGHT);
  if (width === undefined || height === undefined) throw new HeaderError('the TIFF does not tell its size');
  if (found.get(TAG_SAMPLE_FORMAT) === SAMPLE_FORMAT_FLOAT) throw new HeaderError('floating-point TIFF');
  return { width, height };
}
