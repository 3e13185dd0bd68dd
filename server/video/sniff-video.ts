import { open } from 'node:fs/promises';
import { formatOf, MAGIC_BYTES } from '../intake/sniff';

/** Endings of the files that are read as videos, whatever is in them. */
const ENDINGS = /\.(mp4|m4v|mov|3gp|3g2|webm|mkv|avi|mpe?g|m2ts|mts|ogv|flv|wmv|asf)$/i;

/** Bytes that the container is told from, where there are as many: MPEG transport streams repeat a mark after 188. */
export const VIDEO_MAGIC_BYTES = 192;
const TS_PACKET = 188;
const TS_MARK = 0x47;

const startsWith = (bytes: Buffer, text: string, at = 0) =>
  bytes.subarray(at, at + text.length).toString('latin1') === text;

/** Of a file of QuickTime's kind: its first box, and what it is called. The old ones begin with another than `ftyp`. */
const BOXES: readonly (readonly [box: string, mediaType: string])[] = [
  ['ftypqt  ', 'video/quicktime'],
  ['ftyp3g', 'video/3gpp'],
  ['ftyp', 'video/mp4'],
  ['moov', 'video/quicktime'],
  ['mdat', 'video/quicktime'],
  ['wide', 'video/quicktime'],
];
const BEGINNINGS: readonly (readonly [magic: string, mediaType: string])[] = [
  ['OggS', 'video/ogg'],
  ['FLV\x01', 'video/x-flv'],
  ['\x00\x00\x01\xba', 'video/mpeg'],
  ['\x00\x00\x01\xb3', 'video/mpeg'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video/x-ms-wmv'],
];

/** The media type of MP4 and MOV, WebM and Matroska, AVI, Ogg, FLV, MPEG and WMV by their first bytes; null for all else. */
export function videoTypeOf(head: Buffer): string | null {
  if (formatOf(head) !== null) return null;
  const box = BOXES.find(([name]) => startsWith(head, name, 4));
  if (box !== undefined) return box[1];
  if (startsWith(head, '\x1a\x45\xdf\xa3')) return head.includes('webm') ? 'video/webm' : 'video/matroska';
  if (startsWith(head, 'RIFF') && startsWith(head, 'AVI ', 8)) return 'video/x-msvideo';
  if (head[0] === TS_MARK && head[TS_PACKET] === TS_MARK) return 'video/mp2t';
  return BEGINNINGS.find(([magic]) => startsWith(head, magic))?.[1] ?? null;
}

/** Whether a file is to be read as a video: by its first bytes, else by its name. What cannot be read is none. */
export async function isVideo(name: string, file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      if (!(await handle.stat()).isFile()) return false;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(VIDEO_MAGIC_BYTES), 0, VIDEO_MAGIC_BYTES, 0);
      const head = buffer.subarray(0, bytesRead);
      return videoTypeOf(head) !== null || (formatOf(head.subarray(0, MAGIC_BYTES)) === null && ENDINGS.test(name));
    } finally {
      await handle.close();
    }
  } catch {
    // Its own turn will say so.
    return false;
  }
}
