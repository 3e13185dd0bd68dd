'use strict';
// Decodes the files named on the command line as the worker process does, and prints one JSON line a file: facts and the
// colours in the middle of each quarter, or the code of the error.
const path = require('node:path');
const { decodeImage, prepareDecoder } = require(
  path.resolve(__dirname, '../../../build/server/captioning/decode-image.js'),
);

const MAX_PIXELS = 50_000_000;

async function look(file) {
  try {
    const { picture, facts } = await decodeImage(file, MAX_PIXELS);
    const { data, width, height } = picture;
    const colourAt = (x, y) => {
      const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
      return Array.from(data.subarray(at, at + 3));
    };
    const quarters = [colourAt(0.25, 0.25), colourAt(0.75, 0.25), colourAt(0.25, 0.75), colourAt(0.75, 0.75)];
    return { facts, quarters, bytes: data.length };
  } catch (error) {
    return { code: error.code, cause: String(error.cause) };
  }
}

async function main() {
  prepareDecoder(1);
  for (const file of process.argv.slice(2)) process.stdout.write(`${JSON.stringify(await look(file))}\n`);
}

main();
