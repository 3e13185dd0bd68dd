'use strict';
// Takes pictures only whole, as a decoder would: a PNG that does not end as one is corrupt.
const { readFileSync } = require('node:fs');
const work = require('./worker.cjs');
const END = Buffer.from('IEND\xae\x42\x60\x82', 'latin1');
process.on('message', (message) => {
  if (message.type !== 'run' || readFileSync(message.imagePath).subarray(-8).equals(END)) return;
  process.send({ type: 'failed', id: message.id, code: 'IMAGE_CORRUPT', message: 'cut', ends: false });
  message.type = 'refused';
});
work(30);
