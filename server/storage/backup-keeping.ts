import { backupTime, listBackups, pruneBackups, pruneBeforeRestore, pruneBeforeUpdate } from './backup-folder';
import { keptBackups, USUAL_PLAN, type BackupPlan } from './backup-plan';
import type { DataFolder } from './data-folder';

export interface Keeping {
  /** Null: the usual plan, fewer where the disk is small. */
  readonly plan: BackupPlan | 'off' | null;
  readonly now: number;
}

/** Removes the copies that the plan does not keep. Those made before an update or a restore have an end in any case. */
export function removeOldCopies({ root, backups }: Pick<DataFolder, 'root' | 'backups'>, { plan, now }: Keeping): void {
  pruneBeforeRestore(root, now);
  if (plan === 'off') pruneBeforeUpdate(backups, now);
  else pruneBackups(backups, plan ?? USUAL_PLAN, { isUsual: plan === null, now });
}

/** Removes what the plan would not keep beside a backup of this time. True when something went. */
export function makeRoom({ backups }: Pick<DataFolder, 'backups'>, { plan, now }: Keeping): boolean {
  if (plan === 'off') return false;
  const times = listBackups(backups)
    .map((name) => backupTime(name) ?? 0)
    .filter((time) => time <= now);
  const kept = new Set(keptBackups([...times, now], plan ?? USUAL_PLAN));
  // One old backup is worth more than a new one that may not fit all the same.
  if (times.filter((time) => kept.has(time)).length === 0) return false;
  return pruneBackups(backups, plan ?? USUAL_PLAN, { isUsual: plan === null, now }).length > 0;
}
