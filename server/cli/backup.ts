import path from 'node:path';
import { readConfig } from '../config';
import { existsSync } from 'node:fs';
import { AppError } from '../errors';
import { copyDatabase } from '../storage/backup';
import { backupName } from '../storage/backup-folder';
import { DataFolder } from '../storage/data-folder';
import { checkBackup } from '../storage/soundness';
import { runCommand, UsageError } from './command';

const HELP = `Usage: altsmith backup [FILE]

Copies the database to FILE, or into the folder of the backups, and checks the copy. The sidecar may go on running. Images are not part of it: their bytes come again from the CMS when they are needed.
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
        const data = new DataFolder(config.dataDir, config.backupDir);
        data.prepare();
        if (!existsSync(data.database)) throw new AppError(data.holdsWork() ? 'DATABASE_DAMAGED' : 'NOT_FOUND');
        const target = path.resolve(file ?? path.join(data.backups, backupName(new Date())));
        await copyDatabase(data.database, target);
        checkBackup(target, 'quick');
        say({ file: target }, [`Written and checked: ${target}`]);
        return 0;
      },
    },
    args,
  );
}
