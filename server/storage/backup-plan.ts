/** How many backups of each kind are kept; a backup may be of several kinds. */
export interface BackupPlan {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
}

export const USUAL_PLAN: BackupPlan = { hourly: 24, daily: 7, weekly: 4 };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970 began on a Thursday; weeks begin on a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const MOST_OF_A_KIND = 1000;

/** `hourly=24,daily=7,weekly=4`, each part at most once; `off` keeps none. Null when it is neither. */
export function readBackupPlan(text: string): BackupPlan | 'off' | null {
  if (text === 'off') return 'off';
  const plan = { hourly: 0, daily: 0, weekly: 0 };
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [, kind, count] = /^(hourly|daily|weekly)=(\d{1,4})$/.exec(part.trim()) ?? [];
    if (kind !== 'hourly' && kind !== 'daily' && kind !== 'weekly') return null;
    if (seen.has(kind) || Number(count) > MOST_OF_A_KIND) return null;
    seen.add(kind);
    plan[kind] = Number(count);
  }
  return plan.hourly + plan.daily + plan.weekly > 0 ? plan : 'off';
}

/** Time between two backups, in ms. */
export function backupEvery(plan: BackupPlan): number {
  if (plan.hourly > 0) return HOUR_MS;
  return plan.daily > 0 ? DAY_MS : WEEK_MS;
}

/** How long something that is deleted now may still be in a backup, in ms. */
export function longestKept(plan: BackupPlan): number {
  // Of each kind the newest of a period is kept, so the oldest is up to one period older than their number.
  const kept = (count: number, ms: number) => (count === 0 ? 0 : (count + 1) * ms);
  return Math.max(kept(plan.hourly, HOUR_MS), kept(plan.daily, DAY_MS), kept(plan.weekly, WEEK_MS));
}

/**
 * Of backups made at these times (ms, any order), those to keep: the newest of each of the last hours, days and weeks that have
 * one. In the order in which they should go when there is no room for all, the most valuable last.
 */
export function keptBackups(times: readonly number[], plan: BackupPlan): number[] {
  const newestFirst = [...times].sort((a, b) => b - a);
  const ofKind = (count: number, ms: number, offset = 0) => {
    const newestOf = new Map<number, number>();
    for (const time of newestFirst) {
      const period = Math.floor((time - offset) / ms);
      if (!newestOf.has(period) && newestOf.size < count) newestOf.set(period, time);
    }
    return new Set(newestOf.values());
  };
  const hourly = ofKind(plan.hourly, HOUR_MS);
  const lasting = new Set([...ofKind(plan.daily, DAY_MS), ...ofKind(plan.weekly, WEEK_MS, FIRST_MONDAY_MS)]);
  const newest = newestFirst.at(0);
  const oldestFirst = newestFirst.reverse();
  const only = (wanted: (time: number) => boolean) => oldestFirst.filter((time) => time !== newest && wanted(time));
  return [
    ...only((time) => hourly.has(time) && !lasting.has(time)),
    ...only((time) => lasting.has(time)),
    ...(newest === undefined ? [] : [newest]),
  ];
}
