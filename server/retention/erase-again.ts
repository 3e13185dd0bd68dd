import { rmSync } from 'node:fs';
import type { Storage } from '../storage/database';
import type { ErasureReach } from './erasure';
import { ErasureStore, type PictureFolders } from './erasure-store';
import type { Erasure } from './erasure-list';

/** Numbers of jobs tell what was there, but only in the life of the database that counted them: after a restore they come again. */
function reachOf(erasure: Erasure, epoch: string | null): ErasureReach {
  const isSameLife = erasure.kind !== 'site' && epoch !== null && erasure.epoch === epoch;
  return { before: erasure.at, lastJob: isSameLife ? (erasure.last_job ?? 0) : 0, pictures: erasure.at };
}

/** What was erased since a backup was made goes out of the restored copy as well, before anybody sees it. */
export function eraseAgain(storage: Storage, folders: PictureFolders, erasures: readonly Erasure[]): void {
  const store = new ErasureStore(storage, folders);
  const { epoch } = store.newest();
  for (const erasure of erasures) {
    const owner = { siteId: erasure.site_id, instance: erasure.kind === 'site' ? 0 : erasure.instance };
    const reach = reachOf(erasure, epoch);
    switch (erasure.kind) {
      case 'subject':
        while (store.subjectStep(owner, erasure.subject, reach) !== null);
        break;
      case 'image':
        while (store.imageStep(owner, erasure.sha256, reach) !== null);
        break;
      case 'site':
        store.beginSite(erasure.site_id, erasure.at);
        while (store.siteStep(erasure.site_id));
        break;
    }
  }
  for (const place of store.takeMirrored()) rmSync(place, { recursive: true, force: true });
}
