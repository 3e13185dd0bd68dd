import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { guarded } from '../background';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { prune } from '../retention/pruner';
import { BackupCheck } from '../storage/backup-check';
import { Backups } from '../storage/backups';
import type { DataFolder } from '../storage/data-folder';
import { mirrorLists } from '../storage/list-mirror';
import { withinPatience } from '../storage/held-copies';
import { forgetLists } from './erasing';
import type { Stores } from './stores';

const RETENTION_EVERY_MS = 5000;
/** Whether a backup is due is looked up in the folder, so that a sidecar that restarts often makes them all the same. */
const BACKUP_LOOK_EVERY_MS = 60_000;
const RESULTS_EVERY_MS = 3_600_000;
/** What a kill left is an hour old before it is taken for left behind, so one look at the start finds little. */
const ORPHANS_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Known results are forgotten after this long, and never kept longer than history; a picture that old is looked at again. */
const RESULTS_KEPT_DAYS = 180;
const RESULTS_AT_ONCE = 500;

export interface Upkeep {
  start(): void;
  /** What the daily look at a whole backup found. */
  isDatabaseDamaged(): boolean;
  /** Ends a backup that is under way, and waits for everything else. */
  stop(): Promise<void>;
}

/** In pieces of some milliseconds, between which requests are answered. */
async function forgetOldResults(stores: Stores, keptDays: number): Promise<void> {
  while (stores.forgetResults(keptDays * DAY_MS, RESULTS_AT_ONCE) === RESULTS_AT_ONCE) await yieldToEventLoop();
}

interface UpkeepParts {
  readonly data: DataFolder;
  readonly logger: Logger;
  readonly config: Pick<Config, 'backups' | 'keepHistoryDays'>;
}

/** Periodic work: originals are removed, backups made and checked, old results forgotten. */
export function buildUpkeep(stores: Stores, { data, logger, config }: UpkeepParts): Upkeep {
  const plan = config.backups;
  const resultsKeptDays = Math.min(RESULTS_KEPT_DAYS, config.keepHistoryDays);
  const stopping = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const check = new BackupCheck(() => performance.now());
  const backups = new Backups({ data, plan, check, now: Date.now, logger });
  const lanes = new Map<string, Promise<unknown>>();
  // Each failure is told and the next turn tries again.
  const failed = (name: string) => (error: unknown) => {
    logger.error({ err: error, task: name }, 'upkeep failed');
  };
  // A backup takes minutes: the pictures that are due meanwhile do not wait for it.
  const waiting = new Set<string>();
  const run = (lane: string, name: string, task: () => unknown) => {
    // One that still waits for its turn is not asked for once more.
    if (waiting.has(name)) return;
    waiting.add(name);
    const before = lanes.get(lane) ?? Promise.resolve();
    const work = () => {
      waiting.delete(name);
      return task();
    };
    lanes.set(lane, before.then(work).catch(failed(name)));
  };
  const every = (ms: number, lane: string, name: string, task: () => unknown) =>
    setInterval(
      guarded(() => run(lane, name, task), failed(name)),
      ms,
    );
  return {
    isDatabaseDamaged: () => check.isDamaged,
    start: () => {
      const orphans = () => stores.retention.removeOrphans();
      run('files', 'orphans', orphans);
      timers.push(
        every(ORPHANS_EVERY_MS, 'files', 'orphans', orphans),
        every(RETENTION_EVERY_MS, 'rows', 'retention', () =>
          prune([stores.retention.turn(Date.now())], stopping.signal),
        ),
        every(BACKUP_LOOK_EVERY_MS, 'backups', 'backup', async () => {
          await mirrorLists(data);
          await backups.makeIfDue();
        }),
        every(RESULTS_EVERY_MS, 'rows', 'results', () => forgetOldResults(stores, resultsKeptDays)),
        every(RESULTS_EVERY_MS, 'backups', 'old copies', () => (plan === 'off' ? backups.removeOld() : undefined)),
        every(RESULTS_EVERY_MS, 'backups', 'lists', () =>
          forgetLists({ data, plan, copies: stores.copies }, Date.now()),
        ),
      );
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      backups.stop();
      const { backups: ofBackups = Promise.resolve(), ...others } = Object.fromEntries(lanes);
      // Their folder may be on another machine that does not answer.
      await Promise.all([...Object.values(others), withinPatience(ofBackups)]);
    },
  };
}
