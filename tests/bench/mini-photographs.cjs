'use strict';
// npm run build && node tests/bench/mini-photographs.cjs [folder]
// What `altsmith caption --json --model mini` says of the repository's photographs (or a folder's), as the rows of docs/models.md.
const { spawnSync } = require('node:child_process');
const { mkdtempSync, readdirSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const MAIN = `require(${JSON.stringify(path.join(ROOT, 'build/server/cli/main.js'))})
  .main(process.argv.slice(1)).then((code) => { process.exitCode = code; });`;

function main() {
  const folder = path.resolve(process.argv[2] ?? path.join(ROOT, 'tests/fixtures/images'));
  const data = mkdtempSync(path.join(os.tmpdir(), 'altsmith-photographs-'));
  try {
    const names = readdirSync(folder).filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
    const words = ['-e', MAIN, 'caption', '--json', '--model', 'mini', ...names.sort()];
    const env = { ...process.env, ALTSMITH_DATA_DIR: data };
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    process.stdout.write('| picture | sentence | alt text | confidence |\n| --- | --- | --- | --- |\n');
    for (const line of stdout.trim().split('\n')) {
      const { file, caption, alt_text: altText, confidence } = JSON.parse(line);
      const said = altText.toLowerCase() === caption ? 'the sentence' : altText;
      process.stdout.write(`| ${file} | ${caption} | ${said} | ${confidence.toFixed(2)} |\n`);
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

main();
