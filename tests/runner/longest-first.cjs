'use strict';
// The order in which jest starts test files: one that takes long and starts last keeps a single worker busy while the others have
// nothing left to do. Jest knows how long a file takes only where it has run before, which a fresh clone has not. The seconds in
// slow-files.json are about those of two processors; only their order counts. `npm test` prints the slowest ten at its end.
const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const SECONDS = require('./slow-files.json');

const root = path.resolve(__dirname, '../..');
const secondsOf = (test) => SECONDS[path.relative(root, test.path).split(path.sep).join('/')] ?? 0;

/** The files of slow-files.json come first, the slowest before the others; the rest as jest would have them. */
class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => secondsOf(other) - secondsOf(one));
  }
}

module.exports = LongestFirst;
