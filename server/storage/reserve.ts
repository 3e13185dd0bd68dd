import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { DataFolder } from './data-folder';

/** SQLite opens a write-ahead log with 32 kB beside it; the rest is for what others take in the same moment. */
const RESERVED_BYTES = 131_072;

/** Keeps a little room for the next start on a full disk, so that reads are answered there. Without room now there is none. */
export function keepReserve(data: DataFolder): void {
  if (existsSync(data.reserve)) return;
  try {
    writeFileSync(data.reserve, Buffer.alloc(RESERVED_BYTES, 1));
  } catch {
    rmSync(data.reserve, { force: true });
  }
}

/** True when there was something to give up. */
export function giveUpReserve(data: DataFolder): boolean {
  if (!existsSync(data.reserve)) return false;
  rmSync(data.reserve, { force: true });
  return true;
}
