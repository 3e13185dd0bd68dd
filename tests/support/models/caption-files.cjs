'use strict';
// Captions picture files outside jest, whose realm onnxruntime-node refuses. Reads { folder, files, beams, overflows, sevenBits } from
// standard input (`overflows`: as on a CPU whose sums of 8-bit products do, whatever this one is; `sevenBits` false: with exact products
// there) and prints one JSON line a file and number of beams. Pictures are decoded as Pillow does: colour profiles are ignored.
const path = require('node:path');
const sharp = require('sharp');

const build = path.resolve(__dirname, '../../../build/models');

function replace(name, exports) {
  const filename = require.resolve(path.join(build, name));
  require.cache[filename] = { id: filename, filename, loaded: true, exports };
}

async function decode(file) {
  const image = sharp(file).keepIccProfile();
  const { space } = await image.metadata();
  const rgb = space === 'b-w' ? image.toColourspace('srgb') : image;
  const { data, info } = await rgb.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function main() {
  let words = '';
  for await (const chunk of process.stdin) words += chunk;
  const { folder, files, beams, overflows = false, sevenBits = true } = JSON.parse(words);
  if (overflows) replace('session/exact-products.js', { areProductsExact: () => false });
  if (!sevenBits) replace('session/seven-bit-copy.js', { SevenBitCopy: { make: () => null } });
  const { openCaptioner } = require(path.join(build, 'open-captioner.js'));
  const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
  const { ModelSession } = require(path.join(build, 'session/session.js'));
  const captioner = await openCaptioner(folder, 2);
  const session = await ModelSession.open(folder, await readManifest(folder), 2);
  for (const file of files) {
    const picture = await decode(file);
    const { values, classLogits } = await session.encode(picture);
    const keys = (values.cross_k0 ?? Object.values(values)[0]).data;
    for (const count of beams) {
      const caption = await captioner.caption(picture, { beams: count, keepWordless: true });
      const [{ text, tokens, logProbs }] = caption.candidates;
      const line = {
        file: path.basename(file),
        beams: count,
        text,
        tokens,
        meanLogProb: logProbs.reduce((a, b) => a + b, 0) / logProbs.length,
        logProbs,
        confidence: caption.confidence,
        keys: Array.from({ length: 16 }, (_, index) => keys[index * Math.floor(keys.length / 16)]),
        classLogits: Array.from(classLogits ?? []),
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
  await captioner.close();
  session.close();
}

main();
