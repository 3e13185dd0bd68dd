import { fstatSync, readSync } from 'node:fs';

/** Reads `length` bytes at `position` into memory of their own; null when the file ends before. */
export function readRange(handle: number, length: number, position: number): Buffer | null {
  // Asked before the memory is: a damaged file may claim any length and any place.
  if (!Number.isSafeInteger(position + length) || position + length > fstatSync(handle).size) return null;
  const bytes = Buffer.from(new ArrayBuffer(length));
  let got = 0;
  while (got < length) {
    const more = readSync(handle, bytes, got, length - got, position + got);
    if (more === 0) return null;
    got += more;
  }
  return bytes;
}
