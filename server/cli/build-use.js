'use strict';
// Who runs from the build of this checkout. A sidecar starts worker files for as long as it runs: replaced under it, they would be
// of another version than it is. SQLite's lock goes with its process, however that ends, and holds between containers too.
const path = require('node:path');

const lockFile = (root) => path.join(root, 'build/in-use.lock');

/** A connection to the lock; null where there is no build yet, the folder cannot be written to, or SQLite cannot be loaded. */
function open(root) {
  try {
    const Database = require(path.join(root, 'node_modules/better-sqlite3'));
    const lock = new Database(lockFile(root), { timeout: 0 });
    // Nothing is ever written.
    lock.pragma('journal_mode = MEMORY');
    return lock;
  } catch {
    return null;
  }
}

/** Whether a sidecar or a worker runs from the build. */
function isInUse(root) {
  const lock = open(root);
  if (lock === null) return false;
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return false;
  } catch (error) {
    return error.code === 'SQLITE_BUSY';
  } finally {
    lock.close();
  }
}

/** Says until this process ends that it runs from the build. */
function holdBuild(root) {
  const lock = open(root);
  if (lock === null) return;
  try {
    // Somebody may just be looking.
    lock.pragma('busy_timeout = 1000');
    lock.exec('BEGIN');
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch {
    lock.close();
  }
}

module.exports = { holdBuild, isInUse };
