import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../config';
import { beginEpoch } from '../review/change-feed';
import { eraseAgain } from '../retention/erase-again';
import { erasureList } from '../retention/erasure-list';
import { AuditStore } from '../sites/audit-store';
import { endKeysAgain, keyEndList, keyEndsOf, type KeyEnd } from '../sites/key-ends';
import { SiteStore } from '../sites/site-store';
import { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { openForReading } from '../storage/database';
import { restoreBackup } from '../storage/restore';
import { returnThumbnails } from '../storage/thumbnail-return';
import { runCommand, UsageError } from './command';

const HELP = `Usage: altsmith restore FILE

Puts a backup in the place of the database; the sidecar must be stopped. What was there is kept beside it. Clients go on
reading the change feed with the cursors they have: nothing that happened since is skipped. What was erased since the
backup was made stays erased, and keys that were revoked or replaced since stay so. Thumbnails that are gone come back from the folder thumbnails beside the backups.
`;

/** `altsmith restore`. */
export function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      work: ({ positionals }, say) => {
        const [file, ...more] = positionals;
        if (file === undefined || more.length > 0) throw new UsageError('Say which backup: altsmith restore FILE');
        const config = readConfig(process.env);
        const data = new DataFolder(config.dataDir, config.backupDir);
        const backup = path.resolve(file);
        // Of this folder, and of the one that the backup was copied from.
        const folders = [...new Set([data.backups, path.dirname(backup)])];
        const lists = [data.lists, ...folders];
        const keyEnds = [...endsHere(data), ...lists.flatMap((folder) => keyEndList(folder).read())];
        let endedKeys: string[] = [];
        const mirrors = folders.map((folder) => new DataFolder(config.dataDir, folder).thumbnailBackups);
        let thumbnails: ReturnType<typeof returnThumbnails> = { returned: 0, problem: null };
        const { keptAt } = restoreBackup(data, backup, (storage) => {
          for (const folder of lists) eraseAgain(storage, data, erasureList(folder).read());
          endedKeys = endKeysAgain(storage, keyEnds);
          beginEpoch(storage);
          const event = { keyId: null, action: 'restore', target: path.basename(backup), details: {} };
          new AuditStore(storage).append(event);
          makeSiteFolders(storage, data);
          thumbnails = returnThumbnails(storage, data, mirrors);
        });
        const { returned, problem } = thumbnails;
        say({ restored: path.resolve(file), kept_at: keptAt, thumbnails: returned, ended_keys: endedKeys }, [
          `Restored from ${path.resolve(file)}.`,
          ...(returned === 0 ? [] : [`Thumbnails brought back: ${returned}.`]),
          ...(endedKeys.length === 0
            ? []
            : [`Keys that were revoked or replaced since, and stay so: ${endedKeys.join(', ')}`]),
          ...(problem === null ? [] : [`Thumbnails are missing: ${problem.message}`]),
          ...(keptAt === null ? [] : [`What was there before: ${keptAt}`]),
        ]);
        return 0;
      },
    },
    args,
  );
}

/** Pictures that are not in the folder of their site are gone; without it nobody could tell them from those of a disk that is away. */
function makeSiteFolders(storage: Storage, { images }: DataFolder): void {
  for (const { id } of new SiteStore(storage).list())
    mkdirSync(path.join(images, id), { recursive: true, mode: 0o700 });
}

/** The ends of keys that the database knows which is replaced; none where it cannot be read. */
function endsHere(data: DataFolder): KeyEnd[] {
  try {
    const storage = openForReading(data.database);
    try {
      return keyEndsOf(storage);
    } finally {
      storage.close();
    }
  } catch {
    return [];
  }
}
