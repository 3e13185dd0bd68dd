'use strict';
// npm run bench:languages -- [--python PYTHON] [--rounds N]
//
// Milliseconds and memory of one caption into another language: a translator of the size of opus-mt-en-de (74.4 million weights, which are
// random: they decide nothing about time), 17 tokens in, 16 out, 1 and 4 beams, in int8. With --python (torch, transformers, sentencepiece)
// transformers does the same in int8 (quantize_dynamic) and float32, in turns with ours. Prints one JSON object; the least of the rounds counts.
const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { cpus, loadavg, tmpdir } = require('node:os');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { parseArgs } = require('node:util');
const { writeOpusSized } = require('./languages/opus-sized.cjs');

const BUILD = path.resolve(__dirname, '../../build/models');
const { convertCheckpoint } = require(path.join(BUILD, 'convert-checkpoint.js'));

const { values } = parseArgs({ options: { python: { type: 'string' }, rounds: { type: 'string', default: '12' } } });
const BEAMS = [1, 4];

/** A process that answers each line, a number of beams, with a line of JSON. */
function start(command, words) {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ended.`);
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

async function main() {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-languages-'));
  const runners = {};
  try {
    const source = path.join(folder, 'checkpoint');
    const target = path.join(folder, 'int8');
    writeOpusSized(source);
    await convertCheckpoint({ source, target, precision: 'int8' });
    runners.altsmith = start(process.execPath, [path.join(__dirname, 'languages/ours.cjs'), target]);
    for (const precision of values.python === undefined ? [] : ['int8', 'fp32']) {
      const script = path.join(__dirname, 'languages/transformers_runner.py');
      runners[`transformers ${precision}`] = start(values.python, [script, source, precision]);
    }
    const least = {};
    const memory = {};
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const beams of BEAMS) {
        for (const [name, runner] of Object.entries(runners)) {
          const { ms, mb } = await runner.ask(beams);
          const key = `${name}, ${beams} beams`;
          least[key] = Math.min(least[key] ?? Infinity, ms);
          memory[name] = mb;
        }
      }
    }
    const ratio = Object.fromEntries(BEAMS.map((beams) => [`${beams} beams`, least[`altsmith, ${beams} beams`] / least[`transformers int8, ${beams} beams`]])); // prettier-ignore
    const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg() };
    process.stdout.write(
      `${JSON.stringify({ machine, ms: least, memory_mb: memory, to_transformers_int8: ratio }, null, 1)}\n`,
    );
  } finally {
    for (const runner of Object.values(runners)) runner.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
