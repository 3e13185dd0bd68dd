'use strict';
// A process whose model cannot be opened.
process.on('message', (message) => {
  if (message.type !== 'load') return;
  process.send({ type: 'problem', code: 'FILE_UNREADABLE', message: 'no right' }, () => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
