import { snippet, type SnippetRequest } from '../../../../server/console/try/snippets';

const asked: SnippetRequest = {
  origin: 'http://127.0.0.1:8787',
  fileName: 'my dog.jpg',
  mediaType: 'image/jpeg',
  options: {},
};

test('curl sends the file as it is, with the key from the environment', () => {
  expect(snippet('curl', asked)).toBe(
    [
      `curl -sS 'http://127.0.0.1:8787/v1/captions' \\`,
      `  -H "Authorization: Bearer $ALTSMITH_KEY" \\`,
      `  -H 'Content-Type: image/jpeg' \\`,
      `  --data-binary @'my dog.jpg'`,
    ].join('\n'),
  );
});

test('prompt and question are in the address, and an answer is read where a question was asked', () => {
  expect(snippet('curl', { ...asked, options: { prompt: 'a photo of', beams: 3 } })).toContain(
    "'http://127.0.0.1:8787/v1/captions?prompt=a+photo+of&beams=3'",
  );
  expect(snippet('javascript', { ...asked, options: { question: 'Who?' } })).toContain('reply.answer');
  expect(snippet('python', { ...asked, options: { question: 'Who?' } })).toContain('["answer"]');
});

test('a hostile file name stays a file name', () => {
  const hostile = { ...asked, fileName: `'; rm -rf "$HOME" #\n☃.jpg` };
  expect(snippet('curl', hostile)).toContain(`@''\\''; rm -rf "$HOME" #`);
  expect(snippet('javascript', hostile)).toContain(String.raw`readFileSync("'; rm -rf \"$HOME\" #\n\u2603.jpg")`);
  expect(snippet('python', hostile)).toContain(String.raw`open("'; rm -rf \"$HOME\" #\n\u2603.jpg", "rb")`);
});
