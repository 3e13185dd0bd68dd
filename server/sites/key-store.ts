import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import type { KeyEndList } from './key-ends';
import { newKey, readKey, sameHash, type NewKey, type Scope } from './key';

export interface KeyRow {
  readonly id: string;
  readonly site_id: string | null;
  readonly scope: Scope;
  readonly name: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

/** The owner of a valid key. */
export interface Principal {
  readonly keyId: string;
  readonly scope: Scope;
  /** Set exactly when the scope is `site`. */
  readonly siteId: string | null;
}

const COLUMNS = 'id, site_id, scope, name, created_at, expires_at, revoked_at';
/** Compared against when the key id is unknown, so that an unknown id costs what a wrong secret costs. */
const NOBODY = Buffer.alloc(32);

function isAlive(row: KeyRow, now: number): boolean {
  return row.revoked_at === null && (row.expires_at === null || row.expires_at > now);
}

export interface KeyStoreOptions {
  readonly now?: () => number;
  /** Where ends of keys are noted, before they are stored, for the restore of an older backup. */
  readonly ends?: Pick<KeyEndList, 'add'>;
}

/** Keys of all sites. Reads the file at every check, so that a key revoked by a command is dead at once. */
export class KeyStore {
  readonly #byId;

  constructor(
    private readonly storage: Storage,
    private readonly options: KeyStoreOptions = {},
  ) {
    this.#byId = storage.prepare<[string], KeyRow & { secret_hash: Buffer }>(
      `SELECT ${COLUMNS}, secret_hash FROM keys WHERE id = ?`,
    );
  }

  /** Makes a key, or stores the given one. The text comes back this once and is not kept. */
  create(
    owner: { scope: Scope; siteId: string | null; name: string; expiresAt?: number | null },
    key: NewKey = newKey(),
  ): { id: string; text: string } {
    this.storage
      .prepare(
        'INSERT INTO keys (id, site_id, scope, name, secret_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(key.id, owner.siteId, owner.scope, owner.name, key.secretHash, this.#now(), owner.expiresAt ?? null);
    return { id: key.id, text: key.text };
  }

  /** Whose key this is; null when it is unknown, expired or revoked. */
  check(text: string): Principal | null {
    const given = readKey(text);
    if (given === null) return null;
    const row = this.#byId.get(given.id);
    const matches = sameHash(given.secretHash, row?.secret_hash ?? NOBODY);
    if (row === undefined || !matches || !isAlive(row, this.#now())) return null;
    return { keyId: row.id, scope: row.scope, siteId: row.site_id };
  }

  /** False when it is unknown, expired or revoked. */
  isAlive(id: string): boolean {
    const row = this.#byId.get(id);
    return row !== undefined && isAlive(row, this.#now());
  }

  list(siteId?: string): KeyRow[] {
    return this.storage
      .prepare<{ siteId: string | null }, KeyRow>(
        `SELECT ${COLUMNS} FROM keys WHERE :siteId IS NULL OR site_id = :siteId ORDER BY created_at, id`,
      )
      .all({ siteId: siteId ?? null });
  }

  get(id: string): KeyRow | undefined {
    return this.#byId.get(id);
  }

  count(): number {
    return this.storage.prepare<[], { n: number }>('SELECT count(*) AS n FROM keys').get()?.n ?? 0;
  }

  /** The key stops working now. False when there is no such key, or it was revoked before. */
  revoke(id: string): boolean {
    const known = this.#byId.get(id);
    if (known === undefined || known.revoked_at !== null) return false;
    const at = this.#now();
    this.options.ends?.add({ at, id, revoked_at: at, expires_at: null });
    return this.#end('UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', at, id);
  }

  /**
   * A second key for the same owner. The old one goes on working for `overlapMs`, or until `oldEndsAt` where it was to end
   * sooner: no rotation gives a key more time than it had. Null when there is no such key. Throws KEY_ENDED.
   */
  rotate(id: string, overlapMs: number): { id: string; text: string; oldEndsAt: number } | null {
    return this.storage.transaction(() => {
      const old = this.#byId.get(id);
      if (old === undefined) return null;
      const now = this.#now();
      if (!isAlive(old, now)) throw new AppError('KEY_ENDED');
      const oldEndsAt = Math.min(Math.round(now + overlapMs), old.expires_at ?? Infinity);
      const fresh = this.create({ scope: old.scope, siteId: old.site_id, name: old.name });
      this.options.ends?.add({ at: now, id, revoked_at: null, expires_at: oldEndsAt });
      this.#end('UPDATE keys SET expires_at = ? WHERE id = ?', oldEndsAt, id);
      return { ...fresh, oldEndsAt };
    });
  }

  #now(): number {
    return (this.options.now ?? Date.now)();
  }

  #end(sql: string, at: number, id: string): boolean {
    return this.storage.prepare(sql).run(at, id).changes === 1;
  }
}
