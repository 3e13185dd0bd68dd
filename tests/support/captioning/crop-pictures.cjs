'use strict';
// Cuts different pictures out of the repository's photographs. Words: folder to write to, how many, and "small" for none
// that is enlarged.
const { readdirSync } = require('node:fs');
const path = require('node:path');
const sharp = require('sharp');

const SOURCES = path.resolve(__dirname, '../../fixtures/images');

async function main(folder, count, largest) {
  const names = readdirSync(SOURCES).sort();
  for (let index = 0; index < count; index++) {
    const source = path.join(SOURCES, names[index % names.length]);
    const { width, height } = await sharp(source).metadata();
    // Sizes and places that do not repeat for a long time; a third is enlarged to a camera's size.
    const part = 0.4 + ((index * 37) % 60) / 100;
    const [w, h] = [Math.floor(width * part), Math.floor(height * (0.4 + ((index * 53) % 60) / 100))];
    const left = ((index * 91) % 100) * (width - w);
    const top = ((index * 67) % 100) * (height - h);
    await sharp(source)
      .extract({ left: Math.floor(left / 100), top: Math.floor(top / 100), width: w, height: h })
      .resize({ width: index % 3 === 0 && largest !== 'small' ? 1600 + (index % 7) * 100 : w })
      .jpeg({ quality: 80 })
      .toFile(path.join(folder, `${String(index).padStart(4, '0')}.jpg`));
  }
}

main(process.argv[2], Number(process.argv[3]), process.argv[4]);
