'use strict';
// npm run bench:languages -- [--python PYTHON] [--precisions int8,fp32] [--beams 1,4] [--rounds N]
//
// Milliseconds and memory of one caption into another language: a translator of the size of opus-mt-en-de (74.4 million weights) and one of
// the size of Firefox's base-memory models (31.2 million; all are random: they decide nothing about time), 17 tokens in, 16 out, 1 and 4
// beams, in int8. With --python (torch, transformers, sentencepiece)
// transformers does the same in int8 (quantize_dynamic) and float32, in turns with ours. Prints one JSON object; the least of the rounds counts.
const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { cpus, loadavg, tmpdir } = require('node:os');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { parseArgs } = require('node:util');
const { writeFirefoxSized } = require('./languages/firefox-sized.cjs');
const { writeOpusSized, TEXT } = require('./languages/opus-sized.cjs');

/** Writes a checkpoint into a folder and gives the text that is translated. */
const SIZES = {
  opus: (folder) => {
    writeOpusSized(folder);
    return TEXT;
  },
  firefox: writeFirefoxSized,
};

const BUILD = path.resolve(__dirname, '../../build/models');
const { convertCheckpoint } = require(path.join(BUILD, 'convert-checkpoint.js'));

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '12' },
    precisions: { type: 'string', default: 'int8,fp32' },
    beams: { type: 'string', default: '1,4' },
  },
});
const BEAMS = values.beams.split(',').map(Number);

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
    const source = path.join(folder, 'opus-checkpoint');
    for (const [size, write] of Object.entries(SIZES)) {
      const from = path.join(folder, `${size}-checkpoint`);
      const target = path.join(folder, `${size}-int8`);
      const text = write(from);
      await convertCheckpoint({ source: from, target, precision: 'int8' });
      runners[`altsmith ${size}`] = start(process.execPath, [path.join(__dirname, 'languages/ours.cjs'), target, text]);
    }
    for (const precision of values.python === undefined ? [] : values.precisions.split(',')) {
      const script = path.join(__dirname, 'languages/transformers_runner.py');
      runners[`transformers ${precision}`] = start(values.python, [script, source, precision]);
    }
    const least = {};
    const leastCpu = {};
    const memory = {};
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const beams of BEAMS) {
        for (const [name, runner] of Object.entries(runners)) {
          const { ms, cpu, mb } = await runner.ask(beams);
          const key = `${name}, ${beams} beams`;
          least[key] = Math.min(least[key] ?? Infinity, ms);
          leastCpu[key] = Math.min(leastCpu[key] ?? Infinity, cpu);
          memory[name] = mb;
          process.stderr.write(`${round + 1}: ${key} ${ms.toFixed(0)} ms, of all cores ${cpu.toFixed(0)}\n`);
        }
      }
    }
    const ratioOf = (found) =>
      Object.fromEntries(
        Object.keys(SIZES).flatMap((size) =>
          BEAMS.map((beams) => [
            `${size}, ${beams} beams`,
            found[`altsmith ${size}, ${beams} beams`] / found[`transformers int8, ${beams} beams`],
          ]),
        ),
      );
    // Without a peer there is no ratio: NaN is written as null.
    const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg() };
    process.stdout.write(
      `${JSON.stringify({ machine, ms: least, cpu_ms: leastCpu, memory_mb: memory, to_transformers_int8: { ms: ratioOf(least), cpu_ms: ratioOf(leastCpu) } }, null, 1)}\n`,
    );
  } finally {
    for (const runner of Object.values(runners)) runner.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
