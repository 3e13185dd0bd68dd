import { setTimeout as pause } from 'node:timers/promises';
import type { Subject } from '../contract/primitives';
import { AppError } from '../errors';
import { NOTHING_ERASED, sumOf, type Erased, type ErasureOwner, type ErasureStore } from './erasure-store';
import type { ErasureList } from './erasure-list';

export interface EraserParts {
  readonly store: ErasureStore;
  readonly list: ErasureList;
  /** False while another connection reads the write-ahead log. */
  readonly emptyLog: () => boolean;
  /** Backups that hold what is erased now, and until when; null: no end. */
  readonly heldByBackups: (now: number) => { readonly backups: number; readonly until: number | null };
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
  #isLogFull = false;

  constructor(private readonly parts: EraserParts) {}

  async subject(owner: ErasureOwner, subject: Subject): Promise<Erasing> {
    const { store, list, now } = this.parts;
    const at = now();
    list.add({ at, site_id: owner.siteId, instance: owner.instance, kind: 'subject', subject });
    return this.#finish(await this.#all(() => store.subjectStep(owner, subject, at)));
  }

  async image(owner: ErasureOwner, sha256: string): Promise<Erasing> {
    const { store, list, now } = this.parts;
    const at = now();
    list.add({ at, site_id: owner.siteId, instance: owner.instance, kind: 'image', sha256 });
    return this.#finish(await this.#all(() => store.imageStep(owner, sha256, at)));
  }

  /**
   * Its keys end at once, and its rows go step by step. Null when that is not over after `longestMs`: then, and after a
   * restart, `goOn` finishes it, and `siteSince` says so meanwhile. Throws NOT_FOUND.
   */
  async site(siteId: string, longestMs: number): Promise<Erasing | null> {
    const { store, list, now } = this.parts;
    const at = now();
    if (!store.hasSite(siteId)) throw new AppError('NOT_FOUND');
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
  underWay(): Erasing {
    const { backups, until } = this.parts.heldByBackups(this.parts.now());
    return { erased: NOTHING_ERASED, backups, backupsUntil: until };
  }

  /** One step of what was left over: a site that a restart interrupted, a log that could not be emptied. */
  goOn(): boolean {
    const [siteId] = this.parts.store.sitesUnderWay();
    if (siteId !== undefined) {
      this.#isLogFull = true;
      return this.parts.store.siteStep(siteId) || this.goOn();
    }
    if (this.#isLogFull && this.parts.emptyLog()) this.#isLogFull = false;
    return false;
  }

  async #finish(erased: Erased): Promise<Erasing> {
    this.#isLogFull = true;
    for (let tries = 0; tries < LOG_TRIES && this.#isLogFull; tries += 1) {
      if (this.parts.emptyLog()) this.#isLogFull = false;
      else await pause(LOG_AGAIN_MS);
    }
    return { ...this.underWay(), erased };
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
