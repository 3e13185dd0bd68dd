'use strict';
// How long a second question about the same picture takes through the whole server, over HTTP, against the first.
//   node tests/bench/second-question.cjs MODEL_FOLDER [PICTURES] [WORKERS]
// A model that answers is asked two questions; one that only captions, for a caption and then for one that begins with
// given words. Ten new tokens each.
// Needs a build. Random weights of the full size come from tests/bench/models.js.
const { spawn } = require('node:child_process');
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { createServer } = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const sharp = require('sharp');

const ROOT = path.resolve(__dirname, '../..');
const PHOTOGRAPHS = path.join(ROOT, 'tests/fixtures/images');
/** Random weights never end a sentence by themselves. */
const NEW_TOKENS = 10;
const SIZE = { width: 640, height: 480 };

/** Each call another part of another photograph. */
async function pictures(count) {
  const files = readdirSync(PHOTOGRAPHS).filter((file) => file.endsWith('.jpg'));
  return Promise.all(
    Array.from({ length: count }, (_, at) =>
      sharp(path.join(PHOTOGRAPHS, files[at % files.length]))
        .resize(SIZE.width + 8 * at, SIZE.height + 8 * at, { fit: 'cover' })
        .extract({ left: 8 * at, top: 0, ...SIZE })
        .jpeg({ quality: 85 })
        .toBuffer(),
    ),
  );
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startSidecar(model, workers) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-bench-'));
  const port = await freePort();
  const settings = {
    ALTSMITH_PORT: port,
    ALTSMITH_DATA_DIR: dataDir,
    ALTSMITH_MODEL: model,
    ALTSMITH_WORKERS: workers,
  };
  const child = spawn(process.execPath, [path.join(ROOT, 'server/cli/index.js'), 'serve'], {
    env: { ...process.env, ...settings, ALTSMITH_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`the sidecar ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const key = readFileSync(path.join(dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1);
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
    rmSync(dataDir, { recursive: true });
  };
  return { url, key, stop };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function main() {
  const [model, count = '15', workers = '1'] = process.argv.slice(2);
  if (model === undefined) throw new Error('Say which model folder.');
  const sidecar = await startSidecar(path.resolve(model), workers);
  const ask = async (picture, query) => {
    const begin = performance.now();
    const answer = await fetch(`${sidecar.url}/v1/captions?max_new_tokens=${NEW_TOKENS}&${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sidecar.key}`, 'content-type': 'image/jpeg' },
      body: picture,
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(body));
    return { wall: performance.now() - begin, ...body.timings };
  };
  const status = await fetch(`${sidecar.url}/v1/status`, { headers: { authorization: `Bearer ${sidecar.key}` } });
  const answers = (await status.json()).abilities.answer;
  const [first, second] = answers
    ? ['question=How+many+people+are+there%3F', 'question=What+colour+is+the+sky%3F']
    : ['beams=1', 'beams=1&prompt=a+photograph+of'];
  const all = await pictures(Number(count) + 2);
  const rounds = [];
  for (const picture of all) rounds.push([await ask(picture, first), await ask(picture, second)]);
  await sidecar.stop();
  // The first two warm up.
  const measured = rounds.slice(2);
  const column = (which, part) => median(measured.map((round) => round[which][part]));
  for (const part of ['wall', 'decode', 'vision', 'text']) {
    console.log(`${part.padEnd(7)} first ${column(0, part).toFixed(1)} ms, second ${column(1, part).toFixed(1)} ms`);
  }
  const share = median(measured.map(([one, two]) => two.wall / one.wall));
  const what = answers ? 'question' : 'caption';
  console.log(
    `a second ${what}: ${(100 * share).toFixed(1)} % of the first (median of ${measured.length}, workers ${workers})`,
  );
}

main();
