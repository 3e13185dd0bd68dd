import { lowerPriority } from '../own-priority';
import { makeRoom, removeOldCopies, type Keeping } from './backup-keeping';
import { reportTo } from './child-report';
import { DataFolder } from './data-folder';

/**
 * `node backup-keeping-process.js DATA_FOLDER BACKUPS prune|make-room KEEPING`: the folder of the backups may be on another
 * machine that does not answer, for which the API process must not wait.
 */
function main([root = '', backups = '', task = '', keeping = '']: string[]): void {
  lowerPriority();
  const data = new DataFolder(root, backups);
  const wish = JSON.parse(keeping) as Keeping;
  if (task === 'prune') removeOldCopies(data, wish);
  else process.send?.({ hasRemoved: makeRoom(data, wish) });
}

if (require.main === module) reportTo(process, () => main(process.argv.slice(2)));
