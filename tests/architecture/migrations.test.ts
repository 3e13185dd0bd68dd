import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MIGRATION_STEPS } from '../../server/storage/migration-steps';
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
  const beginnings = names.filter((name) => name.endsWith('.sql') && !name.endsWith('.finish.sql'));
  return beginnings.sort().filter((name, index) => !name.startsWith(`${String(index + 1).padStart(6, '0')}_`));
}

test('no migration was edited, renamed or removed after it landed', () => {
  const migrations = readSourceTree((file) => /^server\/storage\/migrations\/.*\.(sql|ts)$/.test(file));
  const landed: Hashes = JSON.parse(readFileSync(path.join(ROOT, 'tests/architecture/migration-hashes.json'), 'utf8'));
  expect(migrations.size).toBeGreaterThan(0);
  expect(broken(migrations, landed)).toEqual([]);
  expect(misnumbered([...migrations.keys()].map((file) => path.basename(file)))).toEqual([]);
});

/** Steps without their SQL file, or without their entry in MIGRATION_STEPS. */
function unpaired(names: readonly string[], stepped: readonly number[]): string[] {
  const beginsWith = (number: string, ending: string) =>
    names.some((name) => name.startsWith(`${number}_`) && name.endsWith(ending));
  const inFiles = names.filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, 6));
  const inMap = stepped.map((number) => String(number).padStart(6, '0'));
  return [
    ...inFiles.filter((number) => !beginsWith(number, '.sql')).map((number) => `${number} has steps but no SQL`),
    ...inFiles.filter((number) => !inMap.includes(number)).map((number) => `${number} is not in MIGRATION_STEPS`),
    ...inMap.filter((number) => !inFiles.includes(number)).map((number) => `${number} has no file of steps`),
  ];
}

test('every stepped migration has its SQL, its steps and its entry', () => {
  const names = readdirSync(path.join(ROOT, 'server/storage/migrations'));
  expect(unpaired(names, [...MIGRATION_STEPS.keys()])).toEqual([]);
  expect(unpaired(['000001_init.sql', '000002_a.ts'], [3])).toEqual([
    '000002 has steps but no SQL',
    '000002 is not in MIGRATION_STEPS',
    '000003 has no file of steps',
  ]);
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
