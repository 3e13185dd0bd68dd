'use strict';
// Converts mini outside jest, where the same loops take ten times as long. Words: checkpoint, vocabulary, folder, precision.
// Prints the manifest.
const path = require('node:path');
const { convertMini } = require(path.resolve(__dirname, '../../../build/models/architectures/mini/convert.js'));

const [checkpoint, vocabulary, folder, precision] = process.argv.slice(2);
convertMini({ checkpoint, vocabulary }, folder, precision).then((manifest) =>
  process.stdout.write(JSON.stringify(manifest)),
);
