'use strict';
// Loaded before a sidecar (--require). ALTSMITH_TEST_SHORT_PAUSES: the pauses between the tries of a download take no time.
// ALTSMITH_TEST_MEMORY: bytes of memory that the machine has.
const os = require('node:os');
const timers = require('node:timers/promises');

const { ALTSMITH_TEST_SHORT_PAUSES: isShort, ALTSMITH_TEST_MEMORY: memory } = process.env;
const pause = timers.setTimeout;
if (isShort && process.argv[1]?.endsWith('pull-worker-process.js'))
  timers.setTimeout = (_ms, ...rest) => pause(1, ...rest);
if (memory) os.totalmem = () => Number(memory);
