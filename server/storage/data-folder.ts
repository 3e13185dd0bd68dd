import BetterSqlite3 from 'better-sqlite3';
import { mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';

/** f_type of filesystems whose locks and fsync SQLite cannot trust (linux/magic.h; sqlite.org/howtocorrupt). */
const NETWORK_FILESYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
]);

/** Every path below ALTSMITH_DATA_DIR; nothing else writes there. */
export class DataFolder {
  readonly database: string;
  readonly images: string;
  readonly thumbnails: string;
  readonly temporary: string;
  readonly backups: string;
  readonly firstKey: string;
  readonly lock: string;

  constructor(readonly root: string) {
    this.database = path.join(root, 'altsmith.db');
    this.images = path.join(root, 'images');
    this.thumbnails = path.join(root, 'thumbnails');
    this.temporary = path.join(root, 'tmp');
    this.backups = path.join(root, 'backups');
    this.firstKey = path.join(root, 'first-key.txt');
    this.lock = path.join(root, 'sidecar.lock');
  }

  /** Makes the folders. Throws DATA_DIR_REMOTE on a network filesystem. */
  prepare(): void {
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    const filesystem = NETWORK_FILESYSTEMS.get(statfsSync(this.root).type);
    if (filesystem !== undefined) throw new AppError('DATA_DIR_REMOTE', { filesystem });
    for (const folder of [this.images, this.thumbnails, this.temporary, this.backups]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }
}

/**
 * Holds the folder for one sidecar. The operating system lets go of it however the process ends, so there is no stale
 * lock after kill -9. Throws DATA_DIR_IN_USE.
 */
export function lockFolder(folder: DataFolder): () => void {
  const lock = new BetterSqlite3(folder.lock, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new AppError('DATA_DIR_IN_USE', {}, { cause });
  }
  return () => {
    lock.close();
  };
}
