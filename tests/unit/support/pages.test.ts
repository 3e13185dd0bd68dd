import { firstUntrue, sectionsOf } from '../../support/pages/page';

test('a page is read as sections of commands with what they say', () => {
  const text = [
    'Words.',
    '```console\n$ a && b\n…\nsaid\n$ c\n```',
    '**Move to another machine.** Words.',
    '```console\n^C\nStopped.\n```',
    '```console\n$ d\n```\n',
  ].join('\n\n');
  expect([...sectionsOf(text)]).toEqual([
    [
      'Install',
      [
        [
          { command: 'a && b', shown: ['…', 'said'] },
          { command: 'c', shown: [] },
        ],
      ],
    ],
    ['Move to another machine', [[{ command: '^C', shown: ['Stopped.'] }], [{ command: 'd', shown: [] }]]],
  ]);
});

test.each([
  ['the same', ['a', 'b'], 'a\nb\n'],
  ['other numbers, codes and times', ['in 50s, 7K3QM-W9XPT'], 'in 2m, AAAAA-BBBBB'],
  ['a line of which a part is left out', ['key  alt_…'], 'key  alt_1_xyz'],
  ['lines that are left out', ['…', 'b', '…'], 'x\ny\nb\nc'],
])('%s is true', (_, shown, said) => expect(firstUntrue(shown, said)).toBeNull());

test.each([
  ['another word', ['a', 'b'], 'a\nc', 'b'],
  ['a line that is missing', ['a', 'b'], 'b', 'a'],
  ['a line that the page does not show', ['a'], 'a\nb', '(the end, but b)'],
  ['output where the page shows none', [], 'warning', '(the end, but warning)'],
])('%s is not', (_, shown, said, untrue) => expect(firstUntrue(shown, said)).toBe(untrue));
