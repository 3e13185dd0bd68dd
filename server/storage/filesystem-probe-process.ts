import BetterSqlite3, { type Database } from 'better-sqlite3';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';

const OTHER = 'other';

/**
 * `node filesystem-probe-process.js FOLDER`: does with a database of its own in the folder what the sidecar and a command do with
 * theirs at the same time. Exit code 1, and a sentence on stderr, where locks or the shared memory do not hold between processes.
 */
async function main(folder: string): Promise<void> {
  const file = path.join(folder, `.altsmith-probe-${process.pid}.db`);
  let other: ChildProcess | null = null;
  let db: Database | null = null;
  try {
    db = open(file);
    db.exec('CREATE TABLE t (n INTEGER)');
    other = fork(__filename, [file, OTHER], { execArgv: [] });
    require_((await ask(other, 'count')) === 0, 'another process cannot read the database');
    db.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (1)');
    require_((await ask(other, 'write')) === 'SQLITE_BUSY', 'locks do not hold between processes');
    db.exec('COMMIT');
    require_((await ask(other, 'count')) === 1, 'another process does not see what was written');
    require_((await ask(other, 'write')) === 2, 'another process cannot write');
    const seen = db.prepare<[], number>('SELECT count(*) FROM t').pluck().get();
    require_(seen === 2, 'what another process wrote is not seen');
  } finally {
    other?.disconnect();
    if (other !== null && other.exitCode === null) await once(other, 'exit');
    db?.close();
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(file + rest, { force: true });
  }
}

function open(file: string): Database {
  const db = new BetterSqlite3(file, { timeout: 0 });
  const mode: unknown = db.pragma('journal_mode = WAL', { simple: true });
  require_(mode === 'wal', 'a write-ahead log is not possible');
  return db;
}

function require_(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** The other process: keeps its connection open from the first question to the last, as a sidecar does. */
function answer(file: string): void {
  const db = new BetterSqlite3(file, { timeout: 0 });
  const count = db.prepare<[], number>('SELECT count(*) FROM t').pluck();
  process.on('message', (question) => {
    try {
      if (question === 'write') db.exec('INSERT INTO t VALUES (2)');
      process.send?.(count.get());
    } catch (error) {
      process.send?.(error instanceof BetterSqlite3.SqliteError ? error.code : String(error));
    }
  });
  process.on('disconnect', () => {
    db.close();
  });
}

async function ask(other: ChildProcess, question: 'count' | 'write'): Promise<unknown> {
  const replied = once(other, 'message');
  other.send(question);
  const [reply] = (await Promise.race([replied, once(other, 'exit').then(() => [null])])) as unknown[];
  return reply;
}

if (require.main === module) {
  const [file = '', role] = process.argv.slice(2);
  if (role === OTHER) answer(file);
  else
    main(file).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    });
}
