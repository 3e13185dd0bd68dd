import { existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
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
