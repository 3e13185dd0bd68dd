import { readdirSync } from 'node:fs';
import { setImmediate as yieldToEventLoop, setTimeout as pause } from 'node:timers/promises';
import { Eraser, type EraserParts } from '../retention/eraser';
import { ErasureList } from '../retention/erasure-list';
import type { ErasureStore } from '../retention/erasure-store';
import type { Config } from '../config';
import { BEFORE_UPDATE_KEPT_MS, listBeforeRestore, oldestCopy } from '../storage/backup-folder';
import { longestKept, USUAL_PLAN, type BackupPlan } from '../storage/backup-plan';
import type { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { emptyLog } from '../storage/free-pages';

/** How long the list of erasures reaches back where no backup is ever removed. */
const KEPT_WITHOUT_PLAN_MS = 366 * 86_400_000;

export interface ErasingParts {
  readonly storage: Storage;
  readonly data: DataFolder;
  readonly store: ErasureStore;
  readonly plan: Config['backups'];
  /** Pause between two transactions in ms; 0 where only this process writes. */
  readonly pauseMs: number;
}

/** Erases, and says until when backups hold what was erased; where none is ever removed (`off`), no date can be told. */
export function buildEraser({ storage, data, store, plan, pauseMs }: ErasingParts): Eraser {
  return new Eraser({
    store,
    list: new ErasureList(data.backups),
    emptyLog: () => emptyLog(storage),
    heldByBackups: heldByBackups(data, plan),
    now: Date.now,
    rest: () => (pauseMs === 0 ? yieldToEventLoop() : pause(pauseMs)),
  });
}

/** How many backups hold what there is now, and when the last of them goes; null where none is ever removed. */
export function heldByBackups(data: DataFolder, plan: Config['backups']): EraserParts['heldByBackups'] {
  return (now) => {
    const copies = readdirSync(data.backups).filter((name) => name.endsWith('.db'));
    const backups = copies.length + listBeforeRestore(data.root).length;
    if (backups === 0 || plan === 'off') return { backups, until: null };
    return { backups, until: now + longestHeld(plan ?? USUAL_PLAN) };
  };
}

function longestHeld(plan: BackupPlan): number {
  return Math.max(longestKept(plan), BEFORE_UPDATE_KEPT_MS);
}

/** Forgets erasures from before the oldest backup that there is, or that can have been taken elsewhere within its time. */
export function forgetErasures(data: DataFolder, plan: Config['backups'], now: number): void {
  const kept = plan === 'off' ? KEPT_WITHOUT_PLAN_MS : longestHeld(plan ?? USUAL_PLAN);
  new ErasureList(data.backups).removeBefore(Math.min(now - kept, oldestCopy(data) ?? Infinity));
}
