import { statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import type { DataFolder } from './data-folder';
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

/**
 * Throws UPDATE_ROOM_MISSING unless a migration that writes `growth` bytes has room, and so has the copy at `backup` before it;
 * null: there is none. A migration that runs into a full disk would only be taken back.
 */
export function requireUpdateRoom(data: DataFolder, growth: number, backup: string | null): void {
  try {
    requireRoom({ database: null, folder: data.root, more: growth });
    if (backup !== null) {
      const folder = path.dirname(backup);
      const isSameDisk = statSync(folder).dev === statSync(data.root).dev;
      requireRoom({ database: data.database, folder, more: isSameDisk ? growth : 0 });
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'BACKUP_ROOM_MISSING')
      throw new AppError('UPDATE_ROOM_MISSING', error.details);
    throw error;
  }
}
