import { reportTo } from './child-report';
import { copyDatabase } from './backup';
import { lowerPriority } from '../own-priority';

/** `node backup-process.js DATABASE TARGET`: the copy blocks whoever makes it, so it has a process of its own. */
async function main(database: string, target: string): Promise<void> {
  lowerPriority();
  await copyDatabase(database, target);
}

if (require.main === module) reportTo(process, () => main(process.argv[2] ?? '', process.argv[3] ?? ''));
