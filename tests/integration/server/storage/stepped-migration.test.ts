import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { appliedSchema, isBehind, migrate } from '../../../../server/storage/migrate';
import { readMigrations, type Migration } from '../../../../server/storage/migration-files';
import { migration, ROWS } from '../../../support/migrate-in-steps.cjs';

const SCRIPT = path.resolve(__dirname, '../../../support/migrate-in-steps.cjs');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-steps-'));
  file = path.join(folder, 'altsmith.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Migrates in a process of its own; `after` steps have begun when it is killed. Gives the positions it went through. */
async function migrateUntil(after: number): Promise<string[]> {
  const child = spawn(process.execPath, [SCRIPT, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const lines = () => output.split('\n').slice(0, -1);
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk);
    if (lines().length > after) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return lines();
}

const numberOf = (storage: Storage, sql: string) => storage.db.prepare<[], number>(sql).pluck().get();

test('kill -9 between the steps of a migration: it goes on where it was, and every row is moved once', async () => {
  const first = await migrateUntil(20);
  expect(first).not.toContain('ends');
  const between = openDatabase(file);
  const { unfinished } = appliedSchema(between);
  expect(unfinished?.number).toBe(migration.number);
  expect(Number(unfinished?.position)).toBeGreaterThan(0);
  expect(numberOf(between, 'SELECT count(*) FROM wide')).toBe(unfinished?.position);
  // Neither a version that knows the migration nor one that does not takes the file for a finished one.
  expect(isBehind(appliedSchema(between), [...readMigrations(), migration])).toBe(true);
  expect(() => migrate(between)).toThrow(expect.objectContaining({ code: 'DATABASE_NEWER' }));
  between.close();

  const rest = await migrateUntil(Infinity);
  expect(rest[0]).toBe(JSON.stringify(unfinished?.position));
  expect(rest.at(-1)).toBe('ends');
  const storage = openDatabase(file);
  expect(numberOf(storage, 'SELECT count(*) FROM narrow WHERE n = m')).toBe(ROWS);
  // The table they refer to was dropped and made anew, and they are still there.
  expect(numberOf(storage, 'SELECT count(*) FROM child')).toBe(10);
  expect(appliedSchema(storage).unfinished).toBeNull();
  expect(numberOf(storage, "SELECT count(*) FROM sqlite_schema WHERE name = 'unfinished_migration'")).toBe(0);
  expect(storage.db.pragma('user_version', { simple: true })).toBe(migration.number);
  storage.close();
});

test('a stepped migration that would leave rows without their parent is taken back at its end', () => {
  const storage = openDatabase(file);
  const loses: Migration = { ...migration, stepped: { steps: { step: () => null }, finish: 'DELETE FROM narrow' } };
  expect(() => migrate(storage, [...readMigrations(), loses])).toThrow('loses a parent row');
  expect(numberOf(storage, 'SELECT count(*) FROM narrow')).toBe(ROWS);
  expect(storage.db.pragma('foreign_keys', { simple: true })).toBe(1);
  storage.close();
});

test('a file that needs no migration is not written to', () => {
  const storage = openDatabase(file);
  migrate(storage);
  const before = numberOf(storage, 'SELECT total_changes()');
  const told: unknown[] = [];
  storage.db.pragma('query_only = ON');
  migrate(storage, readMigrations(), (progress) => told.push(progress));
  expect(told).toEqual([]);
  expect(numberOf(storage, 'SELECT total_changes()')).toBe(before);
  storage.close();
});
