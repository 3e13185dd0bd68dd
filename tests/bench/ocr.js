'use strict';
// How well words in pictures are read, and what it costs.
//   npm run bench:ocr -- [FOLDER]
// Prints a table: wrong characters of 100 by kind over 60 generated pictures, in English and German; with a folder of 18F's pictures
// also over nine of its screenshots (transcripts: tests/bench/ocr/screenshots.json), and how many of its photographs without legible
// words have none. Times are those of one core, without waiting; memory is what the process holds more than before.
const { cpSync, mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { cpus, tmpdir } = require('node:os');
const path = require('node:path');
const { buildSync } = require('esbuild');

const ROOT = path.resolve(__dirname, '../..');
const built = (file) => require(path.join(ROOT, 'build', file));
const { OcrReader } = built('server/captioning/ocr-reader.js');
const { decodeBytes } = built('server/captioning/decode-image.js');
const { heldBytes } = built('server/captioning/held-memory.js');

const listed = (name) => JSON.parse(readFileSync(path.join(__dirname, 'ocr', name), 'utf8'));
const textOf = (words) => (words?.lines ?? []).map(({ text }) => text).join('\n');
const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function generator() {
  const entryPoints = [path.join(ROOT, 'tests/support/ocr/pictures.ts')];
  const { outputFiles } = buildSync({ entryPoints, bundle: true, platform: 'node', external: ['sharp'], write: false });
  const found = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(found, found.exports, require);
  return found.exports;
}

async function main(photographs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-bench-ocr-'));
  const german = 'node_modules/@tesseract.js-data/deu/4.0.0_best_int/deu.traineddata.gz';
  cpSync(path.join(ROOT, german), path.join(folder, 'deu.traineddata.gz'));
  const reader = new OcrReader({ folder, failed: console.error, deadlineMs: 600_000 });
  const { writtenPictures, characterErrors } = generator();
  const pictures = await writtenPictures();
  // A worker process decodes pictures with or without reading them.
  for (const { bytes } of pictures.filter(({ kind }) => kind === 'page')) await decodeBytes(bytes, 50_000_000);
  const before = heldBytes();
  let most = before;
  const kinds = new Map();
  const read = async (bytes, languages) => {
    const { picture } = await decodeBytes(bytes, 50_000_000);
    const begin = process.cpuUsage();
    const words = await reader.read(picture, languages);
    const { user, system } = process.cpuUsage(begin);
    most = Math.max(most, heldBytes());
    return { words, ms: (user + system) / 1000 };
  };
  const count = (name, text, { words, ms }) => {
    const kind = kinds.get(name) ?? { pictures: 0, errors: 0, characters: 0, ms: [] };
    kinds.set(name, kind);
    const { errors, characters } = characterErrors(text, textOf(words));
    kind.pictures += 1;
    kind.errors += errors;
    kind.characters += characters;
    kind.ms.push(ms);
  };
  // The library and the data are loaded with the first of each language.
  for (const language of ['en', 'de']) {
    const own = pictures.filter((one) => one.language === language);
    await read(own[0].bytes, [language]);
    for (const { kind, text, bytes } of own) count(kind, text, await read(bytes, [language]));
  }
  if (photographs !== undefined) {
    for (const { file, text } of listed('screenshots.json')) {
      count('screenshots (18F)', text, await read(readFileSync(path.join(photographs, file)), ['en']));
    }
  }
  console.log('| pictures | n | characters | wrong, % | median ms | most ms |\n| --- | --- | --- | --- | --- | --- |');
  for (const [name, { pictures: n, errors, characters, ms }] of kinds) {
    const share = ((100 * errors) / characters).toFixed(2);
    console.log(
      `| ${name} | ${n} | ${characters} | ${share} | ${middle(ms).toFixed(0)} | ${Math.max(...ms).toFixed(0)} |`,
    );
  }
  if (photographs !== undefined) {
    const files = listed('photographs.json').split(' ');
    const withWords = [];
    const times = [];
    for (const file of files) {
      const { words, ms } = await read(readFileSync(path.join(photographs, `${file}.jpg`)), ['en']);
      times.push(ms);
      if (textOf(words) !== '') withWords.push(file);
    }
    console.log(
      `Photographs: ${files.length}, with words: ${withWords.length} ${withWords.join(' ')}; median ${middle(times).toFixed(0)} ms`,
    );
  }
  console.log(
    `Memory: at most ${((most - before) / 1e6).toFixed(0)} MB more. ${cpus()[0].model}, Node ${process.version}.`,
  );
  await reader.close();
  rmSync(folder, { recursive: true });
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
