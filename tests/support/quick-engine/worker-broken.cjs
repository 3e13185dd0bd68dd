'use strict';
// A model that loads and then fails at every picture.
const { model } = require('./worker.cjs');
process.on('message', (message) => {
  if (message.type === 'load') process.send({ type: 'ready', model });
  if (message.type !== 'run') return;
  process.send({ type: 'failed', id: message.id, code: 'INTERNAL', message: 'broken', ends: false });
});
process.on('disconnect', () => process.exit(0));
