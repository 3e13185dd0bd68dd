'use strict';
// Migrates the file given with a stepped migration of ROWS rows, and says before each step that it begins. Killed by the test.
const path = require('node:path');
const build = path.resolve(__dirname, '../../build/server/storage');
const { openDatabase } = require(path.join(build, 'database.js'));
const { migrate } = require(path.join(build, 'migrate.js'));
const { readMigrations } = require(path.join(build, 'migration-files.js'));

const ROWS = 20_000;
const ROWS_A_STEP = 100;

const steps = {
  step({ db }, from) {
    process.stdout.write(`${JSON.stringify(from)}\n`);
    const last = db
      .prepare('SELECT max(n) FROM (SELECT n FROM narrow WHERE n > ? ORDER BY n LIMIT ?)')
      .pluck()
      .get(from ?? 0, ROWS_A_STEP);
    if (last === null) return null;
    db.prepare('INSERT INTO wide SELECT n, n FROM narrow WHERE n > ? AND n <= ?').run(from ?? 0, last);
    return last;
  },
};

const migration = {
  number: 900_000,
  name: '900000_wide.sql',
  hash: 'x',
  sql: `CREATE TABLE narrow (n INTEGER PRIMARY KEY);
        CREATE TABLE child (n INTEGER REFERENCES narrow (n) ON DELETE CASCADE);
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${ROWS}) INSERT INTO narrow SELECT n FROM c;
        INSERT INTO child SELECT n FROM narrow WHERE n <= 10;
        CREATE TABLE wide (n INTEGER PRIMARY KEY, m INTEGER NOT NULL);`,
  stepped: { steps, finish: 'DROP TABLE narrow; ALTER TABLE wide RENAME TO narrow;' },
};

module.exports = { ROWS, migration };
if (require.main === module) {
  const storage = openDatabase(process.argv[2]);
  migrate(storage, [...readMigrations(), migration]);
  process.stdout.write('ends\n');
  storage.close();
}
