import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../config';
import { copyDatabase } from '../storage/backup';
import { backupName } from '../storage/backup-folder';
import type { DataFolder } from '../storage/data-folder';
import { APPLICATION_ID } from '../storage/database';
import { checkBackup } from '../storage/soundness';
import { mirrorThumbnails } from '../storage/thumbnail-mirror';
import { runCommand, UsageError } from './command';
import { existingFolder } from './live-data';

const HELP = `Usage: altsmith backup [FILE]

Copies the database to FILE, or into the folder of the backups, and checks the copy. The sidecar may go on running. Without
FILE the thumbnails of the review go there as well, into thumbnails. Images are not part of it: their bytes come again from
the CMS when they are needed.
`;

/** `altsmith backup`. */
export function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      work: async ({ positionals }, say) => {
        const [file, ...more] = positionals;
        if (more.length > 0) throw new UsageError('One file at most.');
        const config = readConfig(process.env);
        const data = existingFolder(config);
        data.prepare();
        const target = path.resolve(file ?? path.join(data.backups, backupName(new Date())));
        if (file !== undefined) refuseOthers(target, data);
        await copyDatabase(data.database, target);
        checkBackup(target, 'quick');
        say({ file: target }, [`Written and checked: ${target}`]);
        if (file === undefined) mirrorThumbnails(data, true);
        return 0;
      },
    },
    args,
  );
}

/** A copy takes the place of what is there, so that may only be an older copy. Throws UsageError for anything else. */
function refuseOthers(target: string, data: DataFolder): void {
  const files = ['', '-wal', '-shm'].map((rest) => data.database + rest);
  const found = statSync(target, { throwIfNoEntry: false });
  const database = statSync(data.database);
  const isLive = files.includes(target) || (found?.ino === database.ino && found.dev === database.dev);
  if (isLive) throw new UsageError('That is the database itself. Say another file, or none.');
  if (found === undefined) return;
  // A database that is open, of another sidecar say, has its log beside it.
  if (
    !found.isFile() ||
    !isDatabaseOfOurs(target) ||
    statSync(`${target}-wal`, { throwIfNoEntry: false }) !== undefined
  )
    throw new UsageError(`There is something else at ${target} already. Say another file, or none.`);
}

const SQLITE = Buffer.from('SQLite format 3\0');
/** Where a SQLite file says whose it is. */
const APPLICATION_ID_AT = 68;

function isDatabaseOfOurs(file: string): boolean {
  const head = Buffer.alloc(100);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head);
  } finally {
    closeSync(handle);
  }
  return head.subarray(0, SQLITE.length).equals(SQLITE) && head.readInt32BE(APPLICATION_ID_AT) === APPLICATION_ID;
}
