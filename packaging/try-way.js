'use strict';
// Tries one way of installing: starts the sidecar as a service would, waits until it is ready, and asks for one caption.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const PICTURE = path.resolve(__dirname, '../tests/fixtures/images/cat.jpg');
const LIMIT_MS = 300_000;

/** Asks until `ask` gives something, or the time is over; what it throws meanwhile counts as "not yet". */
async function until(what, ask) {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await pause(100)) {
    const answer = await ask().catch(() => null);
    if (answer) return answer;
  }
  throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
}

/** Runs `program serve` with a data folder in `folder`. Gives when it was ready, when the caption was there, and the caption. */
async function tryWay(program, folder) {
  const dataDir = path.join(folder, 'data');
  const env = { PATH: process.env.PATH, ALTSMITH_DATA_DIR: dataDir, ALTSMITH_PORT: '0', ALTSMITH_MODEL: 'mini' };
  const child = spawn(program, ['serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${code}:\n${text}`);
  });
  ended.catch(() => {});
  try {
    const asked = async () => {
      const address = await until('the address', async () => /listens on (\S+)/.exec(text)?.[1]);
      await until('ready', async () => (await fetch(`${address}/readyz`)).ok);
      const readyMs = Date.now();
      const key = readFileSync(path.join(dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1);
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'image/jpeg' };
      const answer = await fetch(`${address}/v1/captions`, { method: 'POST', headers, body: readFileSync(PICTURE) });
      const { caption, error } = await answer.json();
      if (caption === undefined) throw new Error(error.message);
      return { readyMs, captionMs: Date.now(), caption };
    };
    return await Promise.race([asked(), ended]);
  } finally {
    child.kill('SIGTERM');
    await ended.catch(() => {});
  }
}

module.exports = { tryWay };
