import path from 'node:path';
import { readConfig } from '../config';
import { backUp, backupName } from '../storage/backup';
import { checkBackup } from '../storage/soundness';
import { runCommand, UsageError } from './command';
import { withData } from './live-data';

const HELP = `Usage: altsmith backup [FILE]

Copies the database to FILE, or into the folder "backups" of the data folder, and checks the copy. The sidecar may go on
running. Images are not part of it: their bytes come again from the CMS when they are needed.
`;

/** `altsmith backup`. */
export function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      work: ({ positionals }, say) => {
        const [file, ...more] = positionals;
        if (more.length > 0) throw new UsageError('One file at most.');
        return withData(readConfig(process.env), async ({ data, storage }) => {
          const target = path.resolve(file ?? path.join(data.backups, backupName(new Date())));
          await backUp(storage, target);
          checkBackup(target);
          say({ file: target }, [`Written and checked: ${target}`]);
          return 0;
        });
      },
    },
    args,
  );
}
