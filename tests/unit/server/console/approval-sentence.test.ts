import { approvalSentence } from '../../../../server/console/setup/approval-sentence';

const model = (id: string, calibrated: boolean, demonstration = false) => ({
  id,
  precision: 'int8',
  calibrated,
  demonstration,
});

test.each([
  [null, [model('blip-base', true)], 'a person approves everything'],
  [0.9, [model('blip-base', true)], 'approves by itself from 90 %'],
  [0.9, [], 'set to approve by itself from 90 %, once there is a model that may'],
  [
    0.9,
    [model('mini', true, true), model('own', false)],
    'a person approves everything: set to approve by itself from 90 %, but nothing that mini or own wrote: a demonstration model, or its confidence was never measured',
  ],
  [
    0.9,
    [model('blip-base', true), model('mini', true, true)],
    'approves by itself from 90 %, but nothing that mini wrote: a demonstration model, or its confidence was never measured',
  ],
])('approval from %p with %j is told as it is', (from, models, sentence) => {
  expect(approvalSentence({ auto_approve_from: from, auto_approve_most_bad: null }, models)).toBe(sentence);
});

test('a promise about bad texts is told as one, whatever the least confidence', () => {
  const site = { auto_approve_from: 0.9, auto_approve_most_bad: 0.05 };
  expect(approvalSentence(site, [model('blip-base', false)])).toBe(
    'approves by itself where at most 5 % of the texts are bad, by the decisions of its people; nothing of a demonstration model, and nothing before enough are decided',
  );
});
