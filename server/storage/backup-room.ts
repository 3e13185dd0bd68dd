import { statfsSync, statSync } from 'node:fs';
import { AppError } from '../errors';
import { LEAST_FREE_BYTES } from './disk-state';

/** What a copy leaves free at least, as a share of the disk and in bytes: the database has to go on growing. */
const SHARE_LEFT = 0.05;
const MOST_LEFT_BYTES = 1e9;

/** Bytes of a database with its write-ahead log; a copy has at most as many. */
export function databaseBytes(database: string): number {
  return ['', '-wal'].reduce((sum, rest) => sum + (statSync(database + rest, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Size of the disk that a folder is on, and what is free of it for this user. */
export function diskOf(folder: string): { readonly bytes: number; readonly freeBytes: number } {
  const { blocks, bavail, bsize } = statfsSync(folder);
  return { bytes: blocks * bsize, freeBytes: bavail * bsize };
}

/**
 * Throws BACKUP_ROOM_MISSING unless a copy of the database fits into the folder and leaves the disk room to work with.
 * `more` bytes are wanted beside the copy, or without one where `database` is null.
 */
export function requireRoom(wanted: { database: string | null; folder: string; more?: number }): void {
  const { database, folder, more = 0 } = wanted;
  const disk = diskOf(folder);
  const left = 2 * LEAST_FREE_BYTES + Math.min(disk.bytes * SHARE_LEFT, MOST_LEFT_BYTES);
  const needed = Math.ceil((database === null ? 0 : databaseBytes(database)) + more + left);
  if (disk.freeBytes < needed)
    throw new AppError('BACKUP_ROOM_MISSING', { needed_bytes: needed, free_bytes: disk.freeBytes });
}
