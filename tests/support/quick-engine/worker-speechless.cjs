'use strict';
// A model that loads and then says nothing usable about any picture.
const { model } = require('./worker.cjs');
process.on('message', (message) => {
  if (message.type === 'load') process.send({ type: 'ready', model });
  if (message.type !== 'run') return;
  process.send({ type: 'failed', id: message.id, code: 'MODEL_REPLY_UNUSABLE', message: 'only marks', ends: false });
});
process.on('disconnect', () => process.exit(0));
