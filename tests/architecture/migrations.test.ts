import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSourceTree, ROOT, sampleTree, type SourceTree } from './source-tree';

type Hashes = Readonly<Record<string, string>>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A migration that has run somewhere is history: changing it would leave databases that no code describes. */
function broken(migrations: SourceTree, landed: Hashes): string[] {
  const files = [...migrations].map(([file, text]) => ({ name: path.basename(file), hash: sha256(text) }));
  return [
    ...files
      .filter(({ name }) => !(name in landed))
      .map(({ name, hash }) => `${name} is new: add "${name}": "${hash}" to tests/architecture/migration-hashes.json`),
    ...files
      .filter(({ name, hash }) => name in landed && landed[name] !== hash)
      .map(({ name }) => `${name} was edited after it landed; write a new migration instead`),
    ...Object.keys(landed)
      .filter((name) => !files.some((file) => file.name === name))
      .map((name) => `${name} has gone`),
  ];
}

/** Numbers are six digits, without a gap, so that two branches cannot both add the same one unseen. */
function misnumbered(names: readonly string[]): string[] {
  return [...names].sort().filter((name, index) => !name.startsWith(`${String(index + 1).padStart(6, '0')}_`));
}

test('no migration was edited, renamed or removed after it landed', () => {
  const migrations = readSourceTree((file) => /^server\/storage\/migrations\/.*\.sql$/.test(file));
  const landed: Hashes = JSON.parse(readFileSync(path.join(ROOT, 'tests/architecture/migration-hashes.json'), 'utf8'));
  expect(migrations.size).toBeGreaterThan(0);
  expect(broken(migrations, landed)).toEqual([]);
  expect(misnumbered([...migrations.keys()].map((file) => path.basename(file)))).toEqual([]);
});

test('an edited, a new, a lost and a misnumbered one are found', () => {
  const migrations = sampleTree({ 'm/000001_init.sql': 'CREATE TABLE b (c);', 'm/000003_more.sql': '' });
  const found = broken(migrations, { '000001_init.sql': sha256('CREATE TABLE a (b);'), '000002_gone.sql': 'x' });
  expect(found).toEqual([
    expect.stringContaining('000003_more.sql is new'),
    expect.stringContaining('000001_init.sql was edited'),
    expect.stringContaining('000002_gone.sql has gone'),
  ]);
  expect(misnumbered(['000001_init.sql', '000003_more.sql'])).toEqual(['000003_more.sql']);
});
