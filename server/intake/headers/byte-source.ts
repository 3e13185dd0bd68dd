import { readSync } from 'node:fs';

/** Random access to the bytes of a file that may be hostile. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset` on; fewer than `length` at the end of the file, never more. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Bytes fetched at once: most headers are done with one read. */
const WINDOW = 65_536;

/** A source that keeps the last window it read of the open file `fd`. */
export function fileSource(fd: number, size: number): ByteSource {
  let start = 0;
  let window = Buffer.alloc(0);
  return {
    size,
    read(offset, length) {
      if (offset < start || offset + length > start + window.length) {
        const buffer = Buffer.alloc(Math.max(0, Math.min(Math.max(length, WINDOW), size - offset)));
        const bytesRead = readSync(fd, buffer, 0, buffer.length, offset);
        start = offset;
        window = buffer.subarray(0, bytesRead);
      }
      return Promise.resolve(window.subarray(offset - start, offset - start + length));
    },
  };
}

export function bufferSource(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}
