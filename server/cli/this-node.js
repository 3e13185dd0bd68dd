'use strict';
// Whether this Node fits what is installed. Plain JavaScript without packages: it runs before anything else does.

const LEAST_NODE = [20, 19];

/** Ends the process with a plain sentence when this Node is older than package.json allows. */
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  console.error(`Altsmith needs Node ${LEAST_NODE.join('.')} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** NODE_MODULE_VERSION, which Node's own message names, to the version of Node that people know. */
const MADE_FOR = { 115: '20', 127: '22', 137: '24' };

/** Null when the native module can be loaded; else why not: it was made for another version of Node, processor or C library. */
function whyNotLoaded(file) {
  try {
    require(file);
    return null;
  } catch (error) {
    const abi = /NODE_MODULE_VERSION (\d+)/.exec(error.message)?.[1];
    if (abi === undefined) return error.message.replace(/\s+/g, ' ').trim();
    return `it was made for Node ${MADE_FOR[abi] ?? 'of another version'}`;
  }
}

/**
 * For a copy that was installed as a package, where nothing is built or installed from here: ends the process with one sentence
 * when better-sqlite3, the one package that fits a single version of Node, is missing or fits another one.
 */
function requirePackages() {
  const { node } = process.versions;
  let file;
  try {
    file = require.resolve('better-sqlite3/build/Release/better_sqlite3.node');
  } catch {
    console.error(
      'better-sqlite3 is not installed, or was installed without its install script: run "npm rebuild better-sqlite3" in the folder that Altsmith was installed in, for which g++ and make may be needed.',
    );
    process.exit(1);
  }
  const reason = whyNotLoaded(file);
  if (reason === null) return;
  console.error(
    `better-sqlite3 cannot be loaded by this Node (${node}): ${reason}. Use the Node it was installed with, or run "npm rebuild better-sqlite3" in the folder that Altsmith was installed in.`,
  );
  process.exit(1);
}

module.exports = { requireNode, requirePackages, whyNotLoaded };
