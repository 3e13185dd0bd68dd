import type { Storage } from '../storage/database';

/** Share of a turn that a site of weight 1 uses up. */
const STEP = 100_000;

/** Of so many claims one begins with uploads, and one with backfills, if any wait, so that jobs that people wait for do not starve them. */
const UPLOADS_EVERY = 4;
const BACKFILLS_EVERY = 16;

const USUAL = '[0,1,2]';
const UPLOADS_FIRST = '[1,0,2]';
const BACKFILLS_FIRST = '[2,1,0]';
/** Only jobs that a person waits for. */
export const PEOPLE_ONLY = '[0]';

/**
 * Whose turn it is. Sites share the workers by weight (start-time fair queuing): each job moves the site's own clock by
 * a step divided by its weight, and the site whose clock is furthest behind is next. One that had nothing to do begins at
 * the time of the others, so that waiting earns no credit.
 */
export class Turns {
  readonly #serve;
  #claims = 0;
  #time: number;

  constructor(storage: Storage) {
    const { db } = storage;
    this.#time = db.prepare<[], number>('SELECT coalesce(max(served_turn), 0) FROM sites').pluck().get() ?? 0;
    this.#serve = db.prepare(
      `UPDATE sites
       SET served_turn = :turn + ${STEP} / max(1, coalesce(CAST(settings ->> '$.limits.weight' AS INTEGER), 1))
       WHERE id = :site`,
    );
  }

  /** What `claim-next.sql` is to be asked. */
  next(): { turn: number; order: string } {
    const claim = this.#claims + 1;
    const order = claim % BACKFILLS_EVERY === 0 ? BACKFILLS_FIRST : claim % UPLOADS_EVERY === 0 ? UPLOADS_FIRST : USUAL;
    return { turn: this.#time, order };
  }

  /** Inside the transaction that chooses the job: the site has had the turn that it was found at. */
  served(site: string, turn: number): void {
    this.#claims += 1;
    this.#time = Math.max(this.#time, turn);
    this.#serve.run({ site, turn });
  }
}
