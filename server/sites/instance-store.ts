import { randomBytes } from 'node:crypto';
import type { INSTANCE_ANSWERS } from '../contract/instance';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { storageProblem } from '../storage/sqlite-error';
import { mayTake, type Turn } from './instance-turn';

/** Who speaks with a site's key, as its headers tell. */
export interface Introduction {
  /** Null: a client that sends no instance. */
  readonly id: string | null;
  /** In the form of `siteAddress`; null when it was not sent. */
  readonly address: string | null;
  /** It changes nothing, so that a full disk does not matter. */
  readonly isReading?: boolean;
}

export interface Instance {
  /** What rows of the database name it by. */
  readonly number: number;
  readonly id: string;
  readonly address: string | null;
  readonly createdAt: number;
}

interface InstanceRow {
  readonly number: number;
  readonly id: string | null;
  readonly address: string | null;
  readonly created_at: number;
  readonly seen_at: number | null;
}

/** Of one site; their jobs use up numbers that all sites share. */
const MOST_INSTANCES = 1000;
/** An installation that was not heard of for this long, and of which nothing is kept, makes room for another. */
const UNUSED_MS = 30 * 86_400_000;
/** All clients of a site that send no instance share one of this id. */
const NAMELESS = '';
/** Rows from before instances existed name this number. */
const INHERITED = 0;
/** For a reader that could not be made known; no row names it. */
const NOBODY = -2;
/** `seen_at` is no more exact than this, so that reading costs no writing. */
const SEEN_EVERY_MS = 3_600_000;
const COLUMNS = 'number, id, address, created_at, seen_at';

/** The installations that speak with the key of one site. */
export class InstanceStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Number of the instance that speaks; a new one is made known. The first with an id takes over what was there before
   * instances existed; until then clients without one go on with that. While nothing can be written a new one that only reads sees
   * what it would take over, or nothing. Throws INSTANCE_CONFLICT, INSTANCES_FULL.
   */
  numberOf({ id, address, isReading = false }: Introduction): number {
    const known = this.#row(id ?? NAMELESS);
    if (known !== undefined) return this.#recognise(known, address);
    try {
      return this.#makeKnown(id, address);
    } catch (error) {
      if (!isReading || storageProblem(error) === null) throw error;
      return this.#inherited()?.id === null ? INHERITED : NOBODY;
    }
  }

  #makeKnown(id: string | null, address: string | null): number {
    return this.storage.transaction(() => {
      const inherited = this.#inherited();
      if (id === null) return inherited?.id === null ? INHERITED : this.#add(NAMELESS, null, null);
      if (inherited?.id !== null) return this.#add(id, address, null);
      const now = this.now();
      this.storage
        .prepare(
          'UPDATE instances SET id = ?, address = ?, created_at = ?, seen_at = ? WHERE site_id = ? AND number = ?',
        )
        .run(id, address, now, now, this.siteId, INHERITED);
      return INHERITED;
    });
  }

  /**
   * The instance reads its feed as this turn. Throws INSTANCE_CONFLICT when another installation that calls itself the same
   * has gone on from the same turn, or from a later one.
   */
  takeTurn(number: number, turn: Turn): void {
    const known = this.storage
      .prepare<[string, number], { id: string | null; address: string | null; turn: string | null }>(
        'SELECT id, address, turn FROM instances WHERE site_id = ? AND number = ?',
      )
      .get(this.siteId, number);
    if (known === undefined || known.turn === turn.next) return;
    if (!mayTake(turn, known.turn)) {
      throw new AppError('INSTANCE_CONFLICT', { instance: known.id, address: known.address, reason: 'turn' });
    }
    this.#unflushed('UPDATE instances SET turn = ? WHERE site_id = ? AND number = ?', turn.next, number);
  }

  /**
   * The owner's answer for an instance that speaks for `address` as well, or whose turn was taken. `moved`: it keeps its
   * rows under that address. `copy`: a new instance for that address; asked again, the same one, whose database may be
   * another by then. In both the next turn is taken as it comes. Throws NOT_FOUND, INSTANCES_FULL.
   */
  settle(id: string, address: string, answer: (typeof INSTANCE_ANSWERS)[number]): Instance {
    return this.storage.transaction(() => {
      const row = this.#row(id);
      if (row === undefined) throw new AppError('NOT_FOUND');
      if (row.address === null || answer === 'moved') {
        this.#takesAnyTurn(row.number, address);
        return this.#need(row.number);
      }
      const copy = this.#copyFor(row.number, address) ?? this.#add(newInstanceId(), address, row.number);
      this.#takesAnyTurn(copy, address);
      return this.#need(copy);
    });
  }

  /** All of the site, oldest first; the id is empty for clients without one, and null where nobody has taken over. */
  list(): { readonly number: number; readonly id: string | null; readonly address: string | null }[] {
    return this.storage
      .prepare<[string], { number: number; id: string | null; address: string | null }>(
        'SELECT number, id, address FROM instances WHERE site_id = ? ORDER BY number',
      )
      .all(this.siteId);
  }

  #recognise(row: InstanceRow, address: string | null): number {
    if (address !== null && row.id !== NAMELESS) {
      if (row.address === null) {
        this.#unflushed('UPDATE instances SET address = ? WHERE site_id = ? AND number = ?', address, row.number);
      } else if (row.address !== address) {
        throw new AppError('INSTANCE_CONFLICT', { instance: row.id, address: row.address, other_address: address });
      }
    }
    this.#seen(row);
    return row.number;
  }

  #takesAnyTurn(number: number, address: string): void {
    this.storage
      .prepare('UPDATE instances SET address = ?, turn = NULL WHERE site_id = ? AND number = ?')
      .run(address, this.siteId, number);
  }

  #seen(row: InstanceRow): void {
    const now = this.now();
    if (row.seen_at !== null && Math.abs(now - row.seen_at) < SEEN_EVERY_MS) return;
    this.#unflushed('UPDATE instances SET seen_at = ? WHERE site_id = ? AND number = ?', now, row.number);
  }

  /** For what may be lost: a full disk must not stop what only reads. */
  #unflushed(sql: string, value: number | string, number: number): void {
    try {
      this.storage.unflushed(() => {
        this.storage.prepare(sql).run(value, this.siteId, number);
      });
    } catch {
      // A lost time matters only to the operator's list, a lost address comes again, and after a lost turn the next one is accepted.
    }
  }

  #add(id: string, address: string | null, copyOf: number | null): number {
    const isFull = () => {
      const known = this.storage.prepare<[string], number>('SELECT count(*) FROM instances WHERE site_id = ?').pluck();
      return (known.get(this.siteId) ?? 0) >= MOST_INSTANCES;
    };
    if (isFull()) this.#forgetUnused();
    if (isFull()) throw new AppError('INSTANCES_FULL');
    const now = this.now();
    const row = this.storage
      .prepare<unknown[], { number: number }>(
        `INSERT INTO instances (site_id, number, id, address, copy_of, created_at, seen_at)
         SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ? FROM instances WHERE site_id = ?
         RETURNING number`,
      )
      .get(this.siteId, id, address, copyOf, now, now, this.siteId);
    if (row === undefined) throw new Error('the instance is not there after its insert');
    return row.number;
  }

  /**
   * Those that were not heard of for a month and of which nothing is kept make room. One that comes back is a new one, and
   * has lost nothing. Numbers are not given again: the highest stays.
   */
  #forgetUnused(): void {
    const values = { site: this.siteId, before: this.now() - UNUSED_MS };
    const unused = this.storage
      .prepare<object, number>(
        `SELECT number FROM instances
         WHERE site_id = :site AND number > 0 AND coalesce(seen_at, created_at) < :before
           AND number < (SELECT max(number) FROM instances WHERE site_id = :site)
           AND NOT EXISTS (SELECT 1 FROM jobs WHERE site_id = :site AND instance = instances.number)
           AND NOT EXISTS (SELECT 1 FROM changes WHERE site_id = :site AND instance = instances.number)`,
      )
      .pluck()
      .all(values);
    const kept = new Set(
      this.storage.prepare<[string], number>('SELECT instance FROM runs WHERE site_id = ?').pluck().all(this.siteId),
    );
    const remove = [
      this.storage.prepare('DELETE FROM webhooks WHERE site_id = ? AND instance = ?'),
      this.storage.prepare('DELETE FROM pruned_feeds WHERE site_id = ? AND instance = ?'),
      this.storage.prepare('DELETE FROM instances WHERE site_id = ? AND number = ?'),
    ];
    for (const number of unused) if (!kept.has(number)) for (const one of remove) one.run(this.siteId, number);
  }

  #inherited(): InstanceRow | undefined {
    return this.storage
      .prepare<[string, number], InstanceRow>(`SELECT ${COLUMNS} FROM instances WHERE site_id = ? AND number = ?`)
      .get(this.siteId, INHERITED);
  }

  #row(id: string): InstanceRow | undefined {
    return this.storage
      .prepare<[string, string], InstanceRow>(`SELECT ${COLUMNS} FROM instances WHERE site_id = ? AND id = ?`)
      .get(this.siteId, id);
  }

  #copyFor(number: number, address: string): number | null {
    return (
      this.storage
        .prepare<[string, number, string], { number: number }>(
          'SELECT number FROM instances WHERE site_id = ? AND copy_of = ? AND address = ?',
        )
        .get(this.siteId, number, address)?.number ?? null
    );
  }

  #need(number: number): Instance {
    const row = this.storage
      .prepare<[string, number], InstanceRow>(`SELECT ${COLUMNS} FROM instances WHERE site_id = ? AND number = ?`)
      .get(this.siteId, number);
    if (row === undefined || row.id === null) throw new AppError('NOT_FOUND');
    return { number: row.number, id: row.id, address: row.address, createdAt: row.created_at };
  }
}

function newInstanceId(): string {
  return `inst_${randomBytes(16).toString('hex')}`;
}
