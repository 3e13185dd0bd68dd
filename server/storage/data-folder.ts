import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import { storageProblem } from './sqlite-error';

/** f_type of filesystems whose locks and fsync SQLite cannot trust (linux/magic.h; sqlite.org/howtocorrupt). */
const NETWORK_FILESYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x0bd00bd0, 'Lustre'],
  [0x0bd00bd1, 'Lustre'],
  [0x19830326, 'BeeGFS'],
  [0x47504653, 'GPFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x786f4256, 'VirtualBox'],
  [0xaad7aaea, 'Panasas'],
]);

/** Every path below ALTSMITH_DATA_DIR; nothing else writes there. */
export class DataFolder {
  readonly database: string;
  readonly images: string;
  readonly thumbnails: string;
  readonly temporary: string;
  readonly backups: string;
  readonly firstKey: string;
  /** Given up when the disk has not even room for opening the database. */
  readonly reserve: string;
  /** There exactly while the last sidecar of the folder has stopped by itself. */
  readonly cleanStop: string;
  readonly lock: string;

  /** `backups` is where backups go, unless into the folder itself. */
  constructor(
    readonly root: string,
    backups: string | null = null,
  ) {
    this.database = path.join(root, 'altsmith.db');
    this.images = path.join(root, 'images');
    this.thumbnails = path.join(root, 'thumbnails');
    this.temporary = path.join(root, 'tmp');
    this.backups = backups ?? path.join(root, 'backups');
    this.reserve = path.join(root, 'reserve');
    this.cleanStop = path.join(root, 'clean-stop.json');
    this.firstKey = path.join(root, 'first-key.txt');
    this.lock = path.join(root, 'sidecar.lock');
  }

  /** Makes the folders. Throws DATA_DIR_REMOTE on a network filesystem, STORAGE_FULL and STORAGE_UNAVAILABLE. */
  prepare(): void {
    try {
      mkdirSync(this.root, { recursive: true, mode: 0o700 });
      const filesystem = networkFilesystem(this.root);
      if (filesystem !== null) throw new AppError('DATA_DIR_REMOTE', { filesystem });
      for (const folder of [this.images, this.thumbnails, this.temporary, this.backups]) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      }
    } catch (error) {
      throw storageProblem(error) ?? error;
    }
  }

  /** True when a sidecar has left something here, so that there must be a database. */
  holdsWork(): boolean {
    return existsSync(this.firstKey) || [this.images, this.thumbnails, this.backups].some(holdsAnything);
  }
}

function holdsAnything(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** Name of the network filesystem that a folder lies on; null for a local disk. */
export function networkFilesystem(folder: string): string | null {
  return NETWORK_FILESYSTEMS.get(statfsSync(folder).type) ?? null;
}

/** Returns when a file's bytes, or a folder's names, are on disk. Blocks. */
export function flush(place: string): void {
  const handle = openSync(place, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
