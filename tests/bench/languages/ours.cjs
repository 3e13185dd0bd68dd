'use strict';
// FOLDER TEXT: answers each line of standard input, a number of beams, with {ms, cpu, mb} of one translation of the text: milliseconds by the clock and of all cores; mb tells what the translator adds to an empty
// process: memory of its own, which no file backs.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { createInterface } = require('node:readline');
const { NEW_TOKENS } = require('./opus-sized.cjs');

const { openTranslator } = require(path.resolve(__dirname, '../../../build/models/open-translator.js'));

const kilobytes = (name) =>
  Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'latin1'))[1]);
const sizes = () => ({ own: kilobytes('RssAnon') / 1024, all: kilobytes('VmRSS') / 1024 });

async function main() {
  const before = sizes();
  const translator = await openTranslator(process.argv[2], 2);
  for await (const line of createInterface({ input: process.stdin })) {
    const options = { beams: Number(line), maxLength: NEW_TOKENS };
    const begin = performance.now();
    const worked = process.cpuUsage();
    await translator.translate(process.argv[3], options);
    const ms = performance.now() - begin;
    const { user, system } = process.cpuUsage(worked);
    const cpu = (user + system) / 1000;
    const now = sizes();
    const mb = { own: now.own - before.own, all: now.all - before.all, peak_of_process: kilobytes('VmHWM') / 1024 };
    process.stdout.write(`${JSON.stringify({ ms, cpu, mb })}\n`);
  }
  await translator.close();
}

main();
