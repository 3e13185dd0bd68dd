import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as yieldToEventLoop, setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config';
import type { SiteBytes } from '../intake/site-bytes';
import { Eraser, type HeldByBackups } from '../retention/eraser';
import { erasureList } from '../retention/erasure-list';
import { ErasurePreview } from '../retention/erasure-preview';
import type { ErasureStore } from '../retention/erasure-store';
import { keyEndList } from '../sites/key-ends';
import { BEFORE_UPDATE_KEPT_MS } from '../storage/backup-folder';
import { longestKept, USUAL_PLAN } from '../storage/backup-plan';
import type { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { ErasedLog } from '../storage/erased-log';
import { CopyWatch, withinPatience } from '../storage/held-copies';
import { mirrorLists } from '../storage/list-mirror';
import { isOverBefore } from '../storage/monthly-list';

/** How long the list of erasures reaches back where no backup is ever removed. */
const KEPT_WITHOUT_PLAN_MS = 366 * 86_400_000;

export interface ErasingParts {
  readonly storage: Storage;
  readonly data: DataFolder;
  readonly store: ErasureStore;
  readonly plan: Config['backups'];
  readonly copies: CopyWatch;
  /** Pause between two transactions in ms; 0 where only this process writes. */
  readonly pauseMs: number;
}

/** Erases, and says until when backups hold what was erased; where none is ever removed (`off`), no date can be told. */
export function buildEraser({ storage, data, store, plan, copies, pauseMs }: ErasingParts): Eraser {
  let telling: Promise<void> = Promise.resolve();
  return new Eraser({
    store,
    list: erasureList(data.lists),
    log: new ErasedLog(storage),
    heldByBackups: heldByBackups(copies, plan),
    // Where they cannot be reached the upkeep does it later.
    tellBackups: (gone) => {
      // One after the other: where the folder does not answer, one thread waits for it and not all.
      telling = telling.then(() => tellBackups(data, gone)).catch(() => undefined);
      return withinPatience(telling);
    },
    now: Date.now,
    rest: () => (pauseMs === 0 ? yieldToEventLoop() : pause(pauseMs)),
  });
}

async function tellBackups(data: DataFolder, gone: readonly string[]): Promise<void> {
  for (const place of gone) await rm(place, { recursive: true, force: true });
  await mirrorLists(data);
}

/** What a sidecar needs to erase, and to tell what erasing would take. */
export function buildErasing(parts: Omit<ErasingParts, 'copies' | 'pauseMs'> & { readonly siteBytes: SiteBytes }) {
  const { storage, siteBytes, data, plan } = parts;
  const copies = new CopyWatch(data);
  const preview = { storage, siteBytes, heldByBackups: heldByBackups(copies, plan), now: Date.now };
  return { copies, eraser: buildEraser({ ...parts, copies, pauseMs: 0 }), wouldErase: new ErasurePreview(preview) };
}

/** How many backups hold what there is now, and when the last of them goes; null where none is ever removed. */
export function heldByBackups(copyWatch: CopyWatch, plan: Config['backups']): HeldByBackups {
  return async (now) => {
    const { copies, areAllPassing } = await copyWatch.look();
    if (copies === 0 || (plan === 'off' && !areAllPassing)) return { backups: copies, until: null };
    return { backups: copies, until: now + longestHeld(plan) };
  };
}

function longestHeld(plan: Config['backups']): number {
  return Math.max(plan === 'off' ? 0 : longestKept(plan ?? USUAL_PLAN), BEFORE_UPDATE_KEPT_MS);
}

/** Forgets erasures and ends of keys from before the oldest backup that there is, or that can have been taken elsewhere within its time. */
export async function forgetLists(
  { data, plan, copies }: Pick<ErasingParts, 'data' | 'plan' | 'copies'>,
  now: number,
): Promise<void> {
  const kept = plan === 'off' ? KEPT_WITHOUT_PLAN_MS : longestHeld(plan);
  const before = Math.min(now - kept, (await copies.look()).oldest ?? Infinity);
  for (const list of [erasureList(data.lists), keyEndList(data.lists)]) list.removeBefore(before);
  for (const name of await readdir(data.backups)) {
    const file = path.join(data.backups, name);
    if (await isOverBefore(file, before)) await rm(file, { force: true });
  }
}
