'use strict';
// Migrates the file given, and says before each migration that it begins. Killed by the test at any moment.
const path = require('node:path');
const { openDatabase } = require(path.resolve(__dirname, '../../build/server/storage/database.js'));
const { migrate } = require(path.resolve(__dirname, '../../build/server/storage/migrate.js'));
const { readMigrations } = require(path.resolve(__dirname, '../../build/server/storage/migration-files.js'));

const storage = openDatabase(process.argv[2]);
// Enough work that a kill falls into the middle of it.
const busy =
  'CREATE TABLE ballast (n); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) INSERT INTO ballast SELECT n FROM c; DROP TABLE ballast;';
process.stdout.write('begins\n');
for (const count of readMigrations().keys()) {
  const soFar = readMigrations().slice(0, count + 1);
  migrate(
    storage,
    soFar.map((one, at) => (at === count ? { ...one, sql: `${busy}${one.sql}` } : one)),
  );
}
process.stdout.write('ends\n');
storage.close();
