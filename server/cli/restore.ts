import path from 'node:path';
import { readConfig } from '../config';
import { beginEpoch } from '../review/change-feed';
import { eraseAgain } from '../retention/erase-again';
import { ErasureList } from '../retention/erasure-list';
import { AuditStore } from '../sites/audit-store';
import { DataFolder } from '../storage/data-folder';
import { restoreBackup } from '../storage/restore';
import { returnThumbnails } from '../storage/thumbnail-return';
import { runCommand, UsageError } from './command';

const HELP = `Usage: altsmith restore FILE

Puts a backup in the place of the database; the sidecar must be stopped. What was there is kept beside it. Clients go on
reading the change feed with the cursors they have: nothing that happened since is skipped. What was erased since the
backup was made stays erased. Thumbnails that are gone come back from the folder thumbnails beside the backups.
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
        const mirrors = folders.map((folder) => new DataFolder(config.dataDir, folder).thumbnailBackups);
        let thumbnails: ReturnType<typeof returnThumbnails> = { returned: 0, problem: null };
        const { keptAt } = restoreBackup(data, backup, (storage) => {
          beginEpoch(storage);
          const event = { keyId: null, action: 'restore', target: path.basename(backup), details: {} };
          new AuditStore(storage).append(event);
          for (const folder of folders) eraseAgain(storage, data, new ErasureList(folder).read());
          thumbnails = returnThumbnails(storage, data, mirrors);
        });
        const { returned, problem } = thumbnails;
        say({ restored: path.resolve(file), kept_at: keptAt, thumbnails: returned }, [
          `Restored from ${path.resolve(file)}.`,
          ...(returned === 0 ? [] : [`Thumbnails brought back: ${returned}.`]),
          ...(problem === null ? [] : [`Thumbnails are missing: ${problem.message}`]),
          ...(keptAt === null ? [] : [`What was there before: ${keptAt}`]),
        ]);
        return 0;
      },
    },
    args,
  );
}
