import { reportTo } from './child-report';
import { DataFolder } from './data-folder';
import { lowerPriority } from '../own-priority';
import { mirrorThumbnails } from './thumbnail-mirror';

/** `node thumbnail-mirror-process.js DATA_FOLDER BACKUPS MAY_REMOVE`: listing a million files takes its time. */
function main([root = '', backups = '', mayRemove]: string[]): void {
  lowerPriority();
  mirrorThumbnails(new DataFolder(root, backups), mayRemove === 'true');
}

if (require.main === module) reportTo(process, () => main(process.argv.slice(2)));
