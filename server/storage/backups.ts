import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../logger';
import { AppError } from '../errors';
import { backupName, newestBackup } from './backup-folder';
import type { Keeping } from './backup-keeping';
import { backupEvery, USUAL_PLAN, type BackupPlan } from './backup-plan';
import type { BackupCheck } from './backup-check';
import { runChild } from './child-report';
import type { DataFolder } from './data-folder';

export interface BackupsParts {
  readonly data: DataFolder;
  /** Null: the usual plan, fewer where the disk is small. */
  readonly plan: BackupPlan | 'off' | null;
  readonly check: BackupCheck;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Makes the backups of a running sidecar when they are due, and removes old ones, in processes of their own: their folder may be
 * on another machine that does not answer.
 */
export class Backups {
  readonly #stopping = new AbortController();

  constructor(private readonly parts: BackupsParts) {}

  /** Makes a backup if one is due. Rejects when it could not be made; never fills the disk. */
  async makeIfDue(): Promise<void> {
    const { plan, data, now } = this.parts;
    if (plan === 'off') return;
    const newest = newestBackup(await readdir(data.backups), now());
    const isDue = newest === null || now() - newest >= backupEvery(plan ?? USUAL_PLAN);
    if (isDue) await this.make();
  }

  /** Makes a backup now. Gives its path. */
  async make(): Promise<string> {
    const { data, now, logger, check } = this.parts;
    const at = new Date(now());
    const target = path.join(data.backups, backupName(at));
    const started = performance.now();
    try {
      await this.#copy(target);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'BACKUP_ROOM_MISSING')) throw error;
      // What would go after this one may go before it.
      if (!(await this.#makeRoom(at.getTime()))) throw error;
      await this.#copy(target);
    }
    await this.removeOld();
    await this.#mirror();
    logger.info({ file: target, ms: Math.round(performance.now() - started) }, 'backup made');
    if (check.isDue && (await check.check(target, this.#stopping.signal)) === 'damaged')
      logger.error(
        { code: 'DATABASE_DAMAGED', file: target },
        'the database is damaged; no backup is removed from now on',
      );
    return target;
  }

  /** Ends a backup that is under way, and its check; the next one removes what it left. */
  stop(): void {
    this.#stopping.abort();
  }

  #copy(target: string): Promise<void> {
    const { data } = this.parts;
    return runChild('backup-process.js', [data.database, target], { signal: this.#stopping.signal });
  }

  /** The copy of the database is worth more, and is not given up for want of thumbnails. */
  async #mirror(): Promise<void> {
    const { data, check, logger } = this.parts;
    const args = [data.root, data.backups, String(!check.isDamaged)];
    try {
      await runChild('thumbnail-mirror-process.js', args, { signal: this.#stopping.signal });
    } catch (error) {
      if (this.#stopping.signal.aborted) throw error;
      logger.error({ err: error }, 'the backup was made, and thumbnails are missing from it');
    }
  }

  /** Removes the copies that are not kept any more; also where no backups are made. */
  async removeOld(): Promise<void> {
    // What is damaged now may be whole in an old one.
    if (!this.parts.check.isDamaged) await this.#keep('prune', this.parts.now());
  }

  /** Removes what the plan would not keep beside a backup of this time. True when something went. */
  async #makeRoom(at: number): Promise<boolean> {
    return !this.parts.check.isDamaged && (await this.#keep('make-room', at));
  }

  async #keep(task: 'prune' | 'make-room', at: number): Promise<boolean> {
    const { plan, data } = this.parts;
    const keeping: Keeping = { plan, now: at };
    let hasRemoved = false;
    const hear = (message: unknown) => {
      hasRemoved =
        typeof message === 'object' && message !== null && 'hasRemoved' in message && message.hasRemoved === true;
    };
    const args = [data.root, data.backups, task, JSON.stringify(keeping)];
    await runChild('backup-keeping-process.js', args, { signal: this.#stopping.signal, hear });
    return hasRemoved;
  }
}
