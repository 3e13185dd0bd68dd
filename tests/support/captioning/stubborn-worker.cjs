'use strict';
// A worker process that loads at once and then misbehaves as the picture's name says; a real one cannot be made to.
const model = { id: 'stubborn', precision: 'fp32', demonstration: true, canAnswer: false };
const facts = { width: 1, height: 1, format: 'png', hasAlpha: false, contrast: 0, flatness: 1 };
const caption = {
  candidates: [{ text: 'a thing', tokens: [1], logProbs: [-1, -1], score: -1 }],
  confidence: 0.5,
  labels: [],
  timingsMs: { vision: 1, text: 1 },
};
const reading = { text: 'A thing', problems: [], title: 'Thing', nouns: ['thing'], names_person: false, unnamed: null };
const readings = { candidates: [reading], second_opinion: null };

process.on('message', (message) => {
  if (message.type === 'load') process.send({ type: 'ready', model });
  if (message.type !== 'run') return;
  // As a hung native call does: nothing else in this process gets a turn.
  if (message.imagePath.includes('hang')) for (;;);
  if (message.imagePath.includes('crash')) process.kill(process.pid, 'SIGSEGV');
  if (message.imagePath.includes('nonsense')) return process.send({ type: 'done', id: message.id, result: 'nonsense' });
  // Says which process it is.
  if (message.imagePath.includes('who')) caption.candidates[0].text = String(process.pid);
  const timingsMs = { decode: 1, vision: 1, text: 1, total: 3 };
  const rss = /grown-(\d+)/.exec(message.imagePath);
  if (rss !== null) process.send({ type: 'memory', heldBytes: Number(rss[1]) });
  const reply = () =>
    process.send({
      type: 'done',
      id: message.id,
      result: { model, image: facts, caption, readings, answer: null, timingsMs },
    });
  setTimeout(reply, message.imagePath.includes('slow') ? 300 : 0);
});
process.on('disconnect', () => process.exit(0));
