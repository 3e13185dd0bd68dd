import type { Storage } from '../storage/database';
import { ErasureStore, type PictureFolders } from './erasure-store';
import type { Erasure } from './erasure-list';

/** What was erased since a backup was made goes out of the restored copy as well, before anybody sees it. */
export function eraseAgain(storage: Storage, folders: PictureFolders, erasures: readonly Erasure[]): void {
  const store = new ErasureStore(storage, folders);
  for (const erasure of erasures) {
    const owner = { siteId: erasure.site_id, instance: erasure.kind === 'site' ? 0 : erasure.instance };
    switch (erasure.kind) {
      case 'subject':
        while (store.subjectStep(owner, erasure.subject, erasure.at) !== null);
        break;
      case 'image':
        while (store.imageStep(owner, erasure.sha256, erasure.at) !== null);
        break;
      case 'site':
        store.beginSite(erasure.site_id, erasure.at);
        while (store.siteStep(erasure.site_id));
        break;
    }
  }
}
