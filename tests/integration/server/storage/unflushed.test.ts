import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { waitFor } from '../../../support/wait-for';

/** `PRAGMA synchronous`: commits wait for the disk, or leave that to the next flush. */
const FULL = 2;
const NORMAL = 1;
/** Well over the time after which a flush comes by itself. */
const LONG_MS = 300;

let folder: string;
let storage: Storage;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-unflushed-'));
  storage = openDatabase(path.join(folder, 'altsmith.db'));
  storage.db.exec('CREATE TABLE words (word TEXT NOT NULL) STRICT; PRAGMA application_id = 0x616c7473');
});
afterEach(() => {
  storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (word: string) => storage.prepare('INSERT INTO words VALUES (?)').run(word);
const synchronous = () => storage.db.pragma('synchronous', { simple: true });
/** Grows with every commit that writes. */
const logBytes = () => statSync(path.join(folder, 'altsmith.db-wal')).size;

test('it does not wait for the disk, and everything after it does again', () => {
  const during = storage.unflushed(() => {
    write('one');
    return synchronous();
  });
  expect(during).toBe(NORMAL);
  expect(storage.transaction(synchronous)).toBe(FULL);
  expect(() =>
    storage.unflushed(() => {
      write('two');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(synchronous()).toBe(FULL);
  expect(storage.prepare('SELECT word FROM words').all()).toEqual([{ word: 'one' }]);
});

test('whoever is called back afterwards may rely on the disk again', () => {
  const seen: unknown[] = [];
  storage.unflushed(() => {
    write('one');
    storage.afterCommit(() => seen.push(storage.transaction(synchronous)));
  });
  expect(seen).toEqual([FULL]);
});

test('inside a transaction that waits for the disk it is a part of that', () => {
  const during = storage.transaction(() => storage.unflushed(synchronous));
  expect(during).toBe(FULL);
});

test('a flush comes by itself, once', async () => {
  storage.unflushed(() => write('one'));
  const before = logBytes();
  const after = await waitFor('the flush', () => logBytes() > before && logBytes());
  await pause(LONG_MS);
  expect(logBytes()).toBe(after);
});

test('a transaction that writes nothing is no flush, and the flush still comes', async () => {
  storage.unflushed(() => write('one'));
  storage.transaction(() => storage.prepare('SELECT word FROM words').all());
  const before = logBytes();
  await waitFor('the flush', () => logBytes() > before);
});

test('none comes where another was faster, or where there was nothing to write', async () => {
  storage.unflushed(() => write('one'));
  storage.transaction(() => write('two'));
  storage.unflushed(() => storage.prepare('SELECT word FROM words').all());
  const before = logBytes();
  await pause(LONG_MS);
  expect(logBytes()).toBe(before);
});
