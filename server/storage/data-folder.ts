import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import { isBackup } from './backup-name';
import { unsafeFilesystem } from './filesystem';
import { storageProblem } from './sqlite-error';

/** Every path below ALTSMITH_DATA_DIR; nothing else writes there. */
export class DataFolder {
  readonly database: string;
  readonly images: string;
  readonly thumbnails: string;
  readonly temporary: string;
  readonly backups: string;
  /** What a restore must know, such as erasures; a copy lies beside the backups. */
  readonly lists: string;
  /** A mirror of the thumbnails that belongs to the backups. */
  readonly thumbnailBackups: string;
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
    this.lists = path.join(root, 'lists');
    this.thumbnailBackups = path.join(this.backups, 'thumbnails');
    this.reserve = path.join(root, 'reserve');
    this.cleanStop = path.join(root, 'clean-stop.json');
    this.firstKey = path.join(root, 'first-key.txt');
    this.lock = path.join(root, 'sidecar.lock');
  }

  /** Makes the folders. Throws DATA_DIR_REMOTE where the filesystem is not safe for a database, DATA_DIR_FOREIGN, STORAGE_FULL and STORAGE_UNAVAILABLE. */
  prepare(): void {
    try {
      mkdirSync(this.root, { recursive: true, mode: 0o700 });
      const filesystem = unsafeFilesystem(this.root);
      if (filesystem !== null) throw new AppError('DATA_DIR_REMOTE', { filesystem });
      for (const folder of [this.images, this.thumbnails, this.temporary, this.lists, this.backups]) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      }
    } catch (error) {
      if (isForeign(this.root)) throw new AppError('DATA_DIR_FOREIGN', { data_dir: this.root }, { cause: error });
      const problem = storageProblem(error);
      throw problem === null ? error : new AppError(problem.code, { data_dir: this.root }, { cause: error });
    }
  }

  /** True when a sidecar has left something here, so that there must be a database. */
  holdsWork(): boolean {
    const ofSites = [this.images, this.thumbnails].some((folder) => holds(folder, isSiteFolder));
    return existsSync(this.firstKey) || ofSites || holds(this.backups, isBackup);
  }
}

/** Whether another user owns this folder, and nothing can be written to it. */
function isForeign(folder: string): boolean {
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === process.getuid?.()) return false;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return false;
  } catch {
    return true;
  }
}

/** Whether a folder holds something of ours: other programs leave things there too, and each disk has its `lost+found`. */
function holds(folder: string, isOurs: (name: string) => boolean): boolean {
  return existsSync(folder) && readdirSync(folder).some(isOurs);
}

/** Whether a name in the folder of pictures, or of thumbnails, is that of a site. */
export function isSiteFolder(name: string): boolean {
  return name.startsWith('site_');
}

/** Where a thumbnail lies below the folder of thumbnails, or below a mirror of it. */
export function thumbnailIn(folder: string, siteId: string, sha256: string): string {
  return path.join(folder, siteId, sha256.slice(0, 2), `${sha256}.webp`);
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
