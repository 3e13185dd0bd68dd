'use strict';
// Preloaded into a sidecar: writes the longest turn of its event loop into the file ALTSMITH_TEST_METER, in milliseconds
// of processor time of the main thread, after the number of the measurement. Programs beside it that take the processor
// change nothing about that. SIGUSR2 begins the next measurement.
const { readFileSync, writeFileSync } = require('node:fs');

const file = process.env.ALTSMITH_TEST_METER;
const schedule = `/proc/${process.pid}/task/${process.pid}/schedstat`;
const usedMs = () => Number(readFileSync(schedule, 'latin1').split(' ')[0]) / 1e6;

let before = usedMs();
let longest = 0;
let number = 0;
const write = () => writeFileSync(file, `${number} ${longest}\n`);
process.on('SIGUSR2', () => {
  number += 1;
  longest = 0;
  write();
});
globalThis
  .setInterval(() => {
    const now = usedMs();
    if (now - before > longest) {
      longest = now - before;
      write();
    }
    before = usedMs();
  }, 1)
  .unref();
