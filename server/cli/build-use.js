'use strict';
// Who runs from the build of this checkout, and who replaces it. A sidecar starts worker files for as long as it runs: replaced
// under it, they would be of another version than it is. Whoever runs shares the lock, whoever builds has it alone. It is
// SQLite's: it goes with its process, however that ends, and holds between containers too.
const { mkdirSync } = require('node:fs');
const path = require('node:path');

/** How long a command waits for another one that installs or builds. */
const BUILDS_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 100;

const lockFile = (root) => path.join(root, 'build/in-use.lock');

/** A connection to the lock; null where the folder cannot be written to, or SQLite cannot be loaded. */
function open(root) {
  try {
    mkdirSync(path.join(root, 'build'), { recursive: true });
    const Database = require(path.join(root, 'node_modules/better-sqlite3'));
    // Nothing is ever written, and nothing is asked of it here: it may be locked.
    return new Database(lockFile(root), { timeout: 0 });
  } catch {
    return null;
  }
}

/** Whether the lock was free for it. */
function take(lock, sql) {
  try {
    lock.exec(sql);
    return true;
  } catch (error) {
    if (lock.inTransaction) lock.exec('ROLLBACK');
    if (error.code !== 'SQLITE_BUSY') throw error;
    return false;
  }
}

const ALONE = 'BEGIN EXCLUSIVE';
/** The statement that reads is what takes the lock. */
const SHARED = 'BEGIN; SELECT count(*) FROM sqlite_schema';

/**
 * Does `work`, which may replace packages or build, unless a sidecar or a worker runs from them: then false. Waits for another
 * command that does the same. Without a lock, as before anything is installed, it is done all the same.
 */
function whileUnused(root, work) {
  const lock = open(root);
  try {
    for (const until = Date.now() + BUILDS_MS; lock !== null && !take(lock, ALONE); pause()) {
      // Shared with those who run from it: in use. Else somebody builds.
      if (take(lock, SHARED) || Date.now() > until) return false;
    }
    work();
    return true;
  } finally {
    lock?.close();
  }
}

/**
 * Says until this process ends, or the returned function is called, that it runs from the build; first waits for whoever is
 * replacing it. Null without a lock.
 */
function holdBuild(root) {
  const lock = open(root);
  if (lock === null) return null;
  try {
    for (const until = Date.now() + BUILDS_MS; !take(lock, SHARED); pause()) {
      if (Date.now() > until) throw new Error('the build is being replaced for too long');
    }
    return () => lock.close();
  } catch {
    lock.close();
    return null;
  }
}

/** Blocks: nothing else is to be done meanwhile. */
function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
}

module.exports = { holdBuild, whileUnused };
