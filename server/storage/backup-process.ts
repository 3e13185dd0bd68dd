import { constants, setPriority } from 'node:os';
import { reportTo } from './child-report';
import { copyDatabase } from './backup';

/** `node backup-process.js DATABASE TARGET`: the copy blocks whoever makes it, so it has a process of its own. */
async function main(database: string, target: string): Promise<void> {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then it is made at the usual priority.
  }
  await copyDatabase(database, target);
}

if (require.main === module) reportTo(process, () => main(process.argv[2] ?? '', process.argv[3] ?? ''));
