import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDatabase, type Storage } from '../../../../server/storage/database';

let folder: string;
let storage: Storage;
let other: Storage;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-together-'));
  storage = openDatabase(path.join(folder, 'altsmith.db'));
  storage.db.exec('CREATE TABLE words (word TEXT NOT NULL UNIQUE, filler BLOB) STRICT');
  other = openDatabase(path.join(folder, 'altsmith.db'));
});
afterEach(() => {
  storage.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (word: string, bytes = 0) =>
  storage.prepare('INSERT INTO words VALUES (?, ?)').run(word, Buffer.alloc(bytes));
/** As another process sees them. */
const onDisk = () =>
  other
    .prepare<[], { word: string }>('SELECT word FROM words ORDER BY word')
    .all()
    .map(({ word }) => word);

test('work that comes at the same moment is on disk, all of it, when the first is told', async () => {
  const first = storage.together(() => write('one'));
  const seen = first.then(onDisk);
  const second = storage.together(() => {
    write('two');
    return 'second';
  });
  expect(onDisk()).toEqual([]);
  expect(await seen).toEqual(['one', 'two']);
  expect(await second).toBe('second');
});

test('whoever throws is told so and loses what it wrote and its callback; the others stay', async () => {
  const called: string[] = [];
  const tell = (word: string) => {
    write(word);
    storage.afterCommit(() => called.push(word));
  };
  const good = storage.together(() => tell('one'));
  const bad = storage.together(() => {
    tell('two');
    throw new Error('no');
  });
  // It sees what came before it in the same flush.
  const twin = storage.together(() => write('one'));
  const last = storage.together(() => tell('three'));
  await expect(bad).rejects.toThrow('no');
  await expect(twin).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' });
  await Promise.all([good, last]);
  expect(onDisk()).toEqual(['one', 'three']);
  expect(called).toEqual(['one', 'three']);
});

test('a disk that is full: whoever is told that it is stored finds it stored, and the next time it works again', async () => {
  const pages = Number(storage.db.pragma('page_count', { simple: true }));
  storage.db.pragma(`max_page_count = ${pages + 4}`);
  const words = ['one', 'two', 'three', 'four'];
  const told = await Promise.allSettled(
    words.map((word, index) => storage.together(() => write(word, index === 1 ? 100_000 : 10))),
  );
  const stored = words.filter((_, index) => told[index]?.status === 'fulfilled');
  expect(told[1]).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_FULL' } });
  expect(onDisk()).toEqual([...stored].sort());
  expect(storage.db.inTransaction).toBe(false);
  await storage.together(() => write('five'));
  expect(onDisk()).toContain('five');
});

test('a transaction inside joins it', async () => {
  const joined = storage.together(() =>
    storage.transaction(() => {
      write('one');
      return storage.db.inTransaction;
    }),
  );
  expect(await joined).toBe(true);
  expect(onDisk()).toEqual(['one']);
});
