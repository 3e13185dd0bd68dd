import fc from 'fast-check';
import { cleanText } from '../../../../models/openai-compatible/clean-text';

test.each([
  ['A dog on a beach.', 'A dog on a beach.'],
  ['**Alt text:** "A dog on a beach."', 'A dog on a beach.'],
  ['Alt-Text: A dog', 'A dog'],
  ['Alt: A cat', 'A cat'],
  ['Sure! Alt text: A cat on a mat.', 'A cat on a mat.'],
  ['Certainly. A cat on a mat.', 'A cat on a mat.'],
  ['Here is the alt text for the image: "A cat on a mat."', 'A cat on a mat.'],
  ["Of course! Here's a short description of the image:\n\nA cat on a mat.", 'A cat on a mat.'],
  ['{"alt":"A cat"}', 'A cat'],
  ['```json\n{ "alt_text": "A cat\\non a mat" }\n```', 'A cat on a mat'],
  ['{"a": 1', '{"a": 1'],
  ['Here is a cat on a mat.', 'Here is a cat on a mat.'],
  ['OK', 'OK'],
  ['Answer: two', 'two'],
  ['“A dog on a beach”', 'A dog on a beach'],
  ['```\nA dog on a beach\n```', 'A dog on a beach'],
  ['<think>Is it a dog? It is.</think>\n\nA dog on a beach', 'A dog on a beach'],
  ['<p>A <b>dog</b> on a beach</p>', 'A dog on a beach'],
  ['<script>alert(1)</script>A dog<img src=x onerror=alert(1)>', 'A dog'],
  ['A dog\u0000\u001b[31m on\r\na\tbeach', 'A dog [31m on a beach'],
  ['A \u202egod\u202c on a \u200bbeach\ufeff', 'A god on a beach'],
  ['A sign that says "5 < 6 > 4"', 'A sign that says "5 < 6 > 4"'],
  ['Ein Hund an einem See', 'Ein Hund an einem See'],
  ['犬が海辺にいる', '犬が海辺にいる'],
  ['2', '2'],
])('%j becomes %j', (raw, clean) => {
  expect(cleanText(raw)).toBe(clean);
});

test.each([
  '',
  ' \n\t',
  '…!?',
  '<p></p>',
  '\u202e\u200b',
  '<think>It may be a dog, but then',
  "I'm sorry, but I can't help with that.",
  'I cannot identify people in images.',
  'As an AI model, I see nothing.',
])('%j is no text', (raw) => {
  expect(cleanText(raw)).toBeNull();
});

test('a long answer ends with a sentence, or else with a word', () => {
  expect(cleanText(`A dog on a beach. ${'It runs and runs and runs. '.repeat(400)}`)).toMatch(
    /^A dog.{150,235}runs\.$/,
  );
  expect(cleanText('word '.repeat(2000))).toMatch(/^(word )+word$/);
  expect(cleanText('a'.repeat(10_240))).toHaveLength(250);
  expect(cleanText(`${'a'.repeat(249)}🦊🦊`)).toBe('a'.repeat(249));
});

test('whatever comes in, what comes out is one bounded line of plain text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<script>', '</script>', '<think>', '"', '**', 'Alt text:', '\u202e', '<a href="x">', '\n', 'dog '),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = cleanText(pieces.join(''));
      if (text === null) return;
      expect(text.length).toBeLessThanOrEqual(250);
      expect(text).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069\n]|<script/iu);
      expect(text).toMatch(/[\p{L}\p{N}]/u);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('a hostile answer costs no time', () => {
  const before = process.cpuUsage();
  for (const part of ['<', '<a', '<script', '<think>', '"', '*', '#', ' ', '\u202e', '<script ', 'alt text']) {
    cleanText(part.repeat(20_000));
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(2000);
});
