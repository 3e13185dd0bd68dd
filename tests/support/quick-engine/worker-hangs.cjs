'use strict';
// A machine that is too slow for every picture.
const { model } = require('./worker.cjs');
process.on('message', (message) => {
  if (message.type === 'load') process.send({ type: 'ready', model });
});
process.on('disconnect', () => process.exit(0));
