import path from 'node:path';
import { readConfig } from '../config';
import { copyDatabase } from '../storage/backup';
import { backupName } from '../storage/backup-folder';
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
