'use strict';
// Writes the icon and the banner of the plugin directory from their drawings. The screenshots beside them are kept by the browser tests
// with RENEW_SCREENSHOTS=1 (tests/support/screenshot.ts).
const { readFileSync } = require('node:fs');
const path = require('node:path');
const sharp = require('sharp');

const FOLDER = path.resolve(__dirname, '../assets');
/** Name and width in pixels, as the directory asks for them. */
const PICTURES = [
  ['icon.svg', 'icon-128x128.png', 128],
  ['icon.svg', 'icon-256x256.png', 256],
  ['banner.svg', 'banner-772x250.png', 772],
  ['banner.svg', 'banner-1544x500.png', 1544],
];

async function main() {
  for (const [drawing, name, width] of PICTURES) {
    const image = sharp(readFileSync(path.join(FOLDER, drawing)), { density: 300 });
    await image.resize({ width }).png({ palette: true, colours: 64 }).toFile(path.join(FOLDER, name));
  }
}

main();
