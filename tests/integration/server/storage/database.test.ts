import BetterSqlite3 from 'better-sqlite3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DataFolder } from '../../../../server/storage/data-folder';
import { lockFolder } from '../../../../server/storage/folder-lock';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { migrate } from '../../../../server/storage/migrate';
import { readMigrations } from '../../../../server/storage/migration-files';
import { storageProblem } from '../../../../server/storage/sqlite-error';

let folder: string;
let file: string;
const opened: Storage[] = [];
const open = () => {
  const storage = openDatabase(file);
  opened.push(storage);
  return storage;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-storage-'));
  file = path.join(folder, 'altsmith.db');
});
afterEach(() => {
  for (const storage of opened.splice(0)) storage.close();
  rmSync(folder, { recursive: true, force: true });
});

test('synchronous is FULL at every open, also of a file that is there already', () => {
  for (let time = 1; time <= 3; time += 1) {
    const storage = openDatabase(file);
    expect(storage.db.pragma('synchronous', { simple: true })).toBe(2);
    expect(storage.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(storage.db.pragma('foreign_keys', { simple: true })).toBe(1);
    migrate(storage);
    storage.close();
  }
});

test('migrating twice changes nothing', () => {
  const storage = open();
  migrate(storage);
  const before = storage.db.prepare('SELECT * FROM migrations').all();
  migrate(storage);
  expect(storage.db.prepare('SELECT * FROM migrations').all()).toEqual(before);
  expect(storage.db.pragma('user_version', { simple: true })).toBe(readMigrations().at(-1)?.number);
});

test('a migration that fails leaves nothing of itself', () => {
  const storage = open();
  migrate(storage);
  const next = { number: 900000, name: '900000_bad.sql', hash: 'x', sql: 'CREATE TABLE half (a); SELECT nonsense;' };
  expect(() => migrate(storage, [...readMigrations(), next])).toThrow('nonsense');
  expect(storage.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
  migrate(storage);
});

test('a file of a newer version is refused, with both numbers', () => {
  const storage = open();
  migrate(storage, [...readMigrations(), { number: 900000, name: '900000_new.sql', hash: 'x', sql: 'SELECT 1' }]);
  expect(() => migrate(storage)).toThrow(
    expect.objectContaining({
      code: 'DATABASE_NEWER',
      details: { file_schema: 900000, own_schema: readMigrations().at(-1)?.number },
    }),
  );
});

test('a migration that was edited after it landed is noticed', () => {
  const storage = open();
  migrate(storage);
  const edited = readMigrations().map((one) => ({ ...one, hash: `${one.hash}x` }));
  expect(() => migrate(storage, edited)).toThrow('was edited after it was applied');
});

test('somebody else’s SQLite file is left alone', () => {
  const other = new BetterSqlite3(file);
  other.exec('CREATE TABLE theirs (a)');
  other.close();
  expect(() => migrate(open())).toThrow(expect.objectContaining({ code: 'DATABASE_FOREIGN' }));
});

test('a file that is no database is a storage problem, not an internal error', () => {
  writeFileSync(file, 'this is a text file and no database at all, honestly'.repeat(20));
  let thrown: unknown;
  try {
    migrate(open());
  } catch (error) {
    thrown = error;
  }
  expect(storageProblem(thrown)).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
});

test('an outer transaction takes the inner one back with it', () => {
  const storage = open();
  storage.db.exec('CREATE TABLE t (a)');
  const told: string[] = [];
  const work = () =>
    storage.transaction(() => {
      storage.transaction(() => {
        storage.db.exec('INSERT INTO t VALUES (1)');
        storage.afterCommit(() => told.push('inner'));
      });
      throw new Error('no');
    });
  expect(work).toThrow('no');
  expect(storage.db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
  storage.transaction(() => {
    storage.afterCommit(() => told.push('after'));
    expect(told).toEqual([]);
  });
  expect(told).toEqual(['after']);
});

test('what is told of a commit is told to everybody, whatever one of them throws', () => {
  const storage = open();
  const told: string[] = [];
  const work = () =>
    storage.transaction(() => {
      storage.afterCommit(() => {
        throw new Error('deaf');
      });
      storage.afterCommit(() => told.push('second'));
    });
  expect(work).toThrow('deaf');
  expect(told).toEqual(['second']);
});

test('a second sidecar on the same folder is refused, until the first is gone', () => {
  const data = new DataFolder(folder);
  data.prepare();
  const unlock = lockFolder(data);
  expect(() => lockFolder(data)).toThrow(expect.objectContaining({ code: 'DATA_DIR_IN_USE' }));
  unlock();
  lockFolder(data)();
});
