import { setTimeout as pause } from 'node:timers/promises';
import { inBackground } from '../background';
import type { Subject } from '../contract/primitives';
import { AppError } from '../errors';
import type { ErasedLog } from '../storage/erased-log';
import { ALL, NOTHING_ERASED, sumOf, type Erased, type ErasureOwner } from './erasure';
import type { ErasureStore } from './erasure-store';
import type { ErasureList } from './erasure-list';

export type HeldByBackups = (now: number) => Promise<{ readonly backups: number; readonly until: number | null }>;

export interface EraserParts {
  readonly store: ErasureStore;
  readonly list: ErasureList;
  readonly log: Pick<ErasedLog, 'mark' | 'isMarked' | 'empty'>;
  /** Backups that hold what is erased now, and until when; null: no end. */
  readonly heldByBackups: HeldByBackups;
  /** Brings the list to the backups and removes files there, as far as they can be reached now. Never rejects. */
  readonly tellBackups: (gone: readonly string[]) => Promise<void>;
  readonly now: () => number;
  /** Between two transactions: others get their turn. */
  readonly rest: () => Promise<void>;
}

export interface Erasing {
  readonly erased: Erased;
  readonly backups: number;
  readonly backupsUntil: number | null;
}

const LOG_AGAIN_MS = 50;
/** A backup reads for longer; then the log is emptied at its next chance. */
const LOG_TRIES = 40;

/** Erases subjects, pictures and sites for good: noted beside the backups, deleted, overwritten, out of the log as well. */
export class Eraser {
  constructor(private readonly parts: EraserParts) {}

  async subject(owner: ErasureOwner, subject: Subject): Promise<Erasing> {
    const { reach, noted } = this.#beginOf(owner);
    this.parts.list.add({ ...noted, kind: 'subject', subject });
    return this.#finish(await this.#all(() => this.parts.store.subjectStep(owner, subject, reach)));
  }

  async image(owner: ErasureOwner, sha256: string): Promise<Erasing> {
    const { reach, noted } = this.#beginOf(owner);
    this.parts.list.add({ ...noted, kind: 'image', sha256 });
    return this.#finish(await this.#all(() => this.parts.store.imageStep(owner, sha256, reach)));
  }

  /** What is there now is meant, whatever the clock said when it came. */
  #beginOf({ siteId, instance }: ErasureOwner) {
    const at = this.parts.now();
    this.parts.log.mark();
    const { lastJob, epoch } = this.parts.store.newest();
    const counted = epoch === null ? {} : { epoch, last_job: lastJob };
    return { reach: { before: at, lastJob, pictures: ALL }, noted: { at, site_id: siteId, instance, ...counted } };
  }

  /**
   * Its keys end at once, and its rows go step by step. Null when that is not over after `longestMs`: then, and after a
   * restart, `goOn` finishes it, and `siteSince` says so meanwhile. Throws NOT_FOUND.
   */
  async site(siteId: string, longestMs: number): Promise<Erasing | null> {
    const { store, list, log, now } = this.parts;
    const at = now();
    if (!store.hasSite(siteId)) throw new AppError('NOT_FOUND');
    log.mark();
    list.add({ at, site_id: siteId, kind: 'site' });
    store.beginSite(siteId, at);
    const until = performance.now() + longestMs;
    while (store.siteStep(siteId)) {
      if (performance.now() >= until) return null;
      await this.parts.rest();
    }
    return this.#finish(NOTHING_ERASED);
  }

  /** When the erasing of a site that is still there began, in ms; null where none is under way. */
  siteSince(siteId: string): number | null {
    return this.parts.store.siteSince(siteId);
  }

  /** What backups hold of what is being erased. */
  async underWay(): Promise<Erasing> {
    await this.parts.tellBackups(this.parts.store.takeMirrored());
    const { backups, until } = await this.parts.heldByBackups(this.parts.now());
    return { erased: NOTHING_ERASED, backups, backupsUntil: until };
  }

  /** One step of what was left over: a site that a restart interrupted, a log that could not be emptied. */
  goOn(): boolean {
    const { store, log } = this.parts;
    const [siteId] = store.sitesUnderWay();
    if (siteId !== undefined) {
      log.mark();
      return store.siteStep(siteId) || this.goOn();
    }
    if (log.isMarked()) log.empty();
    const gone = store.takeMirrored();
    if (gone.length > 0)
      inBackground(
        () => this.parts.tellBackups(gone),
        () => undefined,
      );
    return false;
  }

  async #finish(erased: Erased): Promise<Erasing> {
    const { log } = this.parts;
    let isEmpty = log.empty();
    for (let tries = 1; tries < LOG_TRIES && !isEmpty; tries += 1) {
      await pause(LOG_AGAIN_MS);
      isEmpty = log.empty();
    }
    // Whoever emptied it meanwhile did so before the last row went.
    if (!isEmpty) log.mark();
    return { ...(await this.underWay()), erased };
  }

  async #all(step: () => Erased | null): Promise<Erased> {
    let erased = NOTHING_ERASED;
    for (let more = step(); more !== null; more = step()) {
      erased = sumOf(erased, more);
      await this.parts.rest();
    }
    return erased;
  }
}
