import { open } from 'node:fs/promises';
import { formatOf, MAGIC_BYTES } from '../intake/sniff';

/** Endings of the files that are read as videos, whatever is in them. */
const ENDINGS = /\.(mp4|m4v|mov|3gp|3g2|webm|mkv|avi|mpe?g|m2ts|mts|ogv|flv|wmv|asf)$/i;

const startsWith = (bytes: Buffer, text: string, at = 0) =>
  bytes.subarray(at, at + text.length).toString('latin1') === text;

/** True for the first bytes of MP4 and MOV, WebM and Matroska, AVI, Ogg, FLV, MPEG and WMV. */
export function isVideoHead(head: Buffer): boolean {
  if (formatOf(head) !== null) return false;
  return (
    startsWith(head, 'ftyp', 4) ||
    startsWith(head, '\x1a\x45\xdf\xa3') ||
    (startsWith(head, 'RIFF') && startsWith(head, 'AVI ', 8)) ||
    startsWith(head, 'OggS') ||
    startsWith(head, 'FLV\x01') ||
    startsWith(head, '\x00\x00\x01\xba') ||
    startsWith(head, '\x30\x26\xb2\x75\x8e\x66\xcf\x11')
  );
}

/** Whether a file is to be read as a video: by its first bytes, else by its name. What cannot be read is none. */
export async function isVideo(name: string, file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      if (!(await handle.stat()).isFile()) return false;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
      const head = buffer.subarray(0, bytesRead);
      return isVideoHead(head) || (formatOf(head) === null && ENDINGS.test(name));
    } finally {
      await handle.close();
    }
  } catch {
    // Its own turn will say so.
    return false;
  }
}
