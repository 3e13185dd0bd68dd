'use strict';
// A minute of 1080p with 24 scenes, described by `altsmith caption` with mini: node tests/bench/video.cjs [rounds]
// Prints one JSON line: seconds of each round, memory of all its processes together (proportional, Linux), scenes found.
const { execFileSync, spawn } = require('node:child_process');
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { clearInterval, setInterval } = require('node:timers');

const root = path.resolve(__dirname, '../..');
const MAIN = `require(${JSON.stringify(path.join(root, 'build/server/cli/main.js'))})
  .main(process.argv.slice(1)).then((code) => { process.exitCode = code; });`;
const SCENES = 24;

function makeClip(file) {
  const folder = path.join(root, 'tests/fixtures/images');
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  const pictures = Array.from({ length: SCENES }, (_, at) => path.join(folder, names[at % Math.min(names.length, 12)]));
  const inputs = pictures.flatMap((picture) => ['-loop', '1', '-t', '2.5', '-framerate', '30', '-i', picture]);
  const scaled = pictures.map((_, at) => `[${at}:v]scale=1920:1080,setsar=1,format=yuv420p[v${at}]`).join(';');
  const graph = `${scaled};${pictures.map((_, at) => `[v${at}]`).join('')}concat=n=${SCENES}[out]`;
  const made = ['-filter_complex', graph, '-map', '[out]', '-c:v', 'libx264', '-preset', 'veryfast', file];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...inputs, ...made]);
}

function withChildren(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
  } catch {
    return [];
  }
}

function kilobytes(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function describe(file) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ['-e', MAIN, 'caption', '--json', '--model', 'mini', file]);
    let out = '';
    let peak = 0;
    child.stdout.on('data', (chunk) => (out += chunk));
    const timer = setInterval(() => {
      peak = Math.max(
        peak,
        withChildren(child.pid)
          .map(kilobytes)
          .reduce((sum, one) => sum + one, 0),
      );
    }, 50);
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(timer);
      const seconds = Number(((performance.now() - begin) / 1000).toFixed(2));
      resolve({ seconds, megabytes: Math.round(peak / 1024), scenes: JSON.parse(out).scenes.length });
    });
  });
}

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-bench-video-'));
  try {
    const file = path.join(folder, 'minute.mp4');
    makeClip(file);
    const rounds = [];
    for (let round = 0; round < Number(process.argv[2] ?? 3); round += 1) rounds.push(await describe(file));
    console.log(JSON.stringify({ bench: 'video', load: os.loadavg()[0], rounds }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
