import { readdirSync } from 'node:fs';
import { Eraser } from '../retention/eraser';
import { ErasureList } from '../retention/erasure-list';
import type { ErasureStore } from '../retention/erasure-store';
import { KEPT_BACKUPS } from '../storage/backup';
import type { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { emptyLog } from '../storage/free-pages';

const HOUR_MS = 3_600_000;

/** Erases, and says until when backups hold what was erased. */
export function buildEraser(storage: Storage, data: DataFolder, store: ErasureStore): Eraser {
  return new Eraser({
    store,
    list: new ErasureList(data.backups),
    emptyLog: () => emptyLog(storage),
    heldByBackups: (now) => {
      const backups = readdirSync(data.backups).filter((name) => name.endsWith('.db')).length;
      return { backups, until: backups === 0 ? null : now + KEPT_BACKUPS * HOUR_MS };
    },
    now: Date.now,
  });
}
