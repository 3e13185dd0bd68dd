import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { callAll, guarded } from '../background';

export type { Database };

/** How long a statement waits for another connection (a command such as `altsmith keys`). Blocks the event loop. */
const BUSY_TIMEOUT_MS = 1000;

/** Marks our files, so that somebody else's SQLite file is never migrated by accident. "alts" in ASCII. */
export const APPLICATION_ID = 0x616c7473;

/** What was committed without a flush is flushed after this time, if nothing else was before. */
const FLUSH_AFTER_MS = 50;
const FLUSH_AGAIN_MS = 1000;

/** Work that waits to be committed with others, and the two ways it can end. */
interface Joining {
  /** Runs it; gives what is to be said once everything is on disk. */
  readonly work: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The one connection of a process to the SQLite file, with the settings that durability rests on.
 * `transaction` runs work in an immediate transaction; work inside work joins the outer one.
 */
export class Storage {
  readonly #afterCommit: (() => void)[] = [];
  readonly #statements = new Map<string, Statement>();
  #joining: Joining[] = [];
  #flush: NodeJS.Timeout | null = null;
  #flushedCommits = 0;

  constructor(readonly db: Database) {}

  /**
   * The statement of this text, compiled once and kept for as long as the connection is open: for texts of the source,
   * not for texts that are put together from what somebody sent.
   */
  prepare<Parameters extends unknown[] | object = unknown[], Row = unknown>(
    sql: string,
  ): Parameters extends unknown[] ? Statement<Parameters, Row> : Statement<[Parameters], Row>;
  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs `work` atomically: all of its writes are on disk when this returns, or none is. */
  transaction<Result>(work: () => Result): Result {
    if (this.db.inTransaction) return work();
    const before = this.#changes();
    const result = this.#commit(work);
    // A commit that writes nothing flushes nothing.
    if (this.#changes() !== before) {
      this.#flushedCommits += 1;
      this.#flushed();
    }
    this.#callBack();
    return result;
  }

  /**
   * Like `transaction`, but does not wait for the disk: what is written outlives this process at once, and a power cut from
   * the next flush on. That comes with the next `transaction` that writes, or by itself after FLUSH_AFTER_MS.
   */
  unflushed<Result>(work: () => Result): Result {
    if (this.db.inTransaction) return work();
    const before = this.#changes();
    let result: Result;
    this.db.pragma('synchronous = NORMAL');
    try {
      result = this.#commit(work);
    } finally {
      this.db.pragma('synchronous = FULL');
    }
    if (this.#changes() !== before) this.#flushAfter(FLUSH_AFTER_MS);
    this.#callBack();
    return result;
  }

  /** Transactions since the start that waited for the disk; several pieces of work may share one. */
  get flushedCommits(): number {
    return this.#flushedCommits;
  }

  #commit<Result>(work: () => Result): Result {
    try {
      return this.db.transaction(work).immediate();
    } catch (error) {
      this.#afterCommit.length = 0;
      throw error;
    }
  }

  /** Each of them, whatever another one throws; then the first error. */
  #callBack(): void {
    callAll(this.#afterCommit.splice(0));
  }

  /** Rows that this connection has written since it was opened. */
  #changes(): unknown {
    return this.prepare<[], number>('SELECT total_changes()').pluck().get();
  }

  #flushAfter(ms: number): void {
    const flush = () => {
      this.#flush = null;
      this.#flushedCommits += 1;
      // Writes what is there already, so that there is something to commit.
      this.transaction(() => this.db.pragma(`application_id = ${APPLICATION_ID}`));
    };
    // On a full disk, say: work that must not be lost fails at its own commit.
    const failed = () => {
      this.#flushAfter(FLUSH_AGAIN_MS);
    };
    this.#flush ??= setTimeout(guarded(flush, failed), ms).unref();
  }

  #flushed(): void {
    if (this.#flush !== null) clearTimeout(this.#flush);
    this.#flush = null;
  }

  /**
   * Like `transaction`, but requests that come at the same moment share one flush of the disk, which takes longer than their
   * work. Resolves once it is on disk. Rejects with what `work` threw, and then nothing of it is kept; or, like all that
   * came with it, with what the disk said.
   */
  together<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const say = (): (() => void) => {
        const result = work();
        return () => {
          resolve(result);
        };
      };
      if (this.#joining.push({ work: say, reject }) === 1) setImmediate(guarded(() => this.#commitJoined(), reject));
    });
  }

  #commitJoined(): void {
    const joined = this.#joining;
    this.#joining = [];
    const commit = () => {
      for (const tell of this.transaction(() => joined.map((one) => this.#apart(one)))) tell();
    };
    guarded(commit, (error) => {
      for (const { reject } of joined) reject(error);
    })();
  }

  /** One piece of work among several: when it throws, what it wrote is taken back, and the others stay. */
  #apart({ work, reject }: Joining): () => void {
    const callbacks = this.#afterCommit.length;
    try {
      return this.db.transaction(work)();
    } catch (error) {
      // A disk that is full takes the whole transaction back.
      if (!this.db.inTransaction) throw error;
      this.#afterCommit.length = callbacks;
      return () => {
        reject(error);
      };
    }
  }

  /** Calls back once the running transaction is on disk; never if it is rolled back. At once outside of one. */
  afterCommit(callback: () => void): void {
    if (this.db.inTransaction) this.#afterCommit.push(callback);
    else callback();
  }

  close(): void {
    this.#flushed();
    this.db.close();
  }
}

/**
 * Opens (and creates) a database file. Does not migrate.
 * Throws when the file cannot hold the durability promise.
 */
export function openDatabase(file: string): Storage {
  const db = new BetterSqlite3(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Free pages go back to the disk in small steps. Takes effect in an empty file only; in any other it would take the write lock.
    if (db.pragma('page_count', { simple: true }) === 0) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // The library's default drops to NORMAL when an existing WAL file is opened again, and NORMAL loses
    // acknowledged rows at a power cut. So: set it every time, and look.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    // What is deleted is overwritten, so that it cannot be read out of the file any more.
    db.pragma('secure_delete = ON');
    expectPragma(db, 'journal_mode', file === ':memory:' ? 'memory' : 'wal');
    expectPragma(db, 'synchronous', 2);
    expectPragma(db, 'foreign_keys', 1);
  } catch (error) {
    db.close();
    throw error;
  }
  return new Storage(db);
}

/** Opens a database that is there for reading alone: a second connection, which sees what was committed before each statement. */
export function openForReading(file: string): Storage {
  const db = new BetterSqlite3(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma('trusted_schema = OFF');
  return new Storage(db);
}

function expectPragma(db: Database, name: string, wanted: string | number): void {
  const found: unknown = db.pragma(name, { simple: true });
  if (found !== wanted) throw new Error(`SQLite answers ${name}=${String(found)} where ${wanted} is needed`);
}

/** Text of a statement that lives in its own file, beside the module that runs it. */
export function readSql(folder: string, name: string): string {
  return readFileSync(path.join(folder, 'sql', name), 'utf8');
}
