import type { Route } from '../../server/http/route';

/** Repeats, nesting, long tokens, many values: what makes a parser or a pattern slow. */
const TEXTS: readonly string[] = [
  `A${' '.repeat(1)}!`,
  `data:image/png;base64,A${' '.repeat(1)}!`,
  'a b ',
  '\\u0020',
  '"',
  '<a',
  'http://a/',
  '%00',
  '../',
  'ＡＡé́',
  ',.;:',
];

/** `seed` again and again, `length` characters long, and a sign at the end that fits nowhere. */
const longText = (seed: string, length: number) => `${seed.repeat(Math.ceil(length / seed.length)).slice(0, length)}!`;

/** Longest body that is tried on a route: a little below its limit, `most` at most. */
function lengthFor(route: Route, most: number): number {
  if (route.bodyKind === 'own' || route.hasPictures === true) return most;
  return Math.min(route.jsonLimit ?? 65_536, most) - 1000;
}

const FIELDS = [
  'image',
  'input',
  'messages',
  'inputs',
  'prompt',
  'question',
  'name',
  'url',
  'current',
  'fields',
  'result',
];

/** A little less than the texts of a body may have together, so that what reads a message sees them. */
const MOST_OF_A_MESSAGE = 990_000;
const DOT = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';

/** Requests in the right shape, whose text is slow to look through. */
function* chats(length: number): Generator<Buffer> {
  for (const seed of ['<image-meta>', '<image-meta></image-meta>', 'de_DE_', '1', 'a ', '"', 'what ']) {
    const content = [
      { type: 'text', text: longText(seed, length - (seed === '"' ? length / 2 : 0)) },
      { type: 'image_url', image_url: { url: DOT } },
    ];
    yield Buffer.from(JSON.stringify({ model: 'altsmith', messages: [{ role: 'user', content }] }));
  }
}

/** Bodies that are slow to read, as long as the route takes them. */
export function* bodiesFor(route: Route, mostBytes: number): Generator<Buffer> {
  const length = lengthFor(route, mostBytes);
  const quoted = (text: string) => JSON.stringify(text);
  for (const seed of TEXTS) {
    // Escaped a character may take six bytes.
    const text = longText(seed, Math.min(length / 6, 1_000_000 / 7));
    yield Buffer.from(
      `{${FIELDS.map((field) => `"${field}":${quoted(text.slice(0, text.length / FIELDS.length))}`).join()}}`,
    );
    yield Buffer.from(`{"image":${quoted(text)}}`);
  }
  if (route.path.endsWith('/chat/completions')) yield* chats(Math.min(length - 1000, MOST_OF_A_MESSAGE));
  yield Buffer.from(`{"image":"A${' '.repeat(length - 20)}!"}`);
  yield Buffer.from(`{"image":"${'A'.repeat(length - 20)}"}`);
  yield Buffer.from(`{"image":"${'A\\n'.repeat(length / 3 - 10)}"}`);
  yield Buffer.from(
    `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"${'A'.repeat(length / 2)}"}]}]}`,
  );
  const values = Math.min(length, 1_000_000);
  yield Buffer.from(`${'['.repeat(values / 2)}${']'.repeat(values / 2)}`);
  yield Buffer.from(`[${'0,'.repeat(values / 2 - 2)}0]`);
  yield Buffer.from(`{"x":[${'{},'.repeat(Math.min(values / 3 - 4, 30_000))}{}]}`);
  yield Buffer.from(`{${Array.from({ length: Math.min(values / 12, 40_000) }, (_, at) => `"k${at}":0`).join()}}`);
  yield Buffer.alloc(values, ' ');
  yield Buffer.alloc(values, '"');
  yield Buffer.alloc(values, '\\');
}

export const QUERIES = ['q', 'after', 'run_id', 'x', 'question', 'prompt'].flatMap((name) =>
  ['%20', 'a+', '%25', '%F0%9F%A6%8A'].map((seed) => `${name}=${seed.repeat(Math.floor(12_000 / seed.length))}`),
);
QUERIES.push('a=&'.repeat(3000), '&'.repeat(12_000), 'limit=500', 'limit=200&total=1&sort=newest');

export const HEADERS: readonly Record<string, string>[] = [
  { cookie: 'a=b;'.repeat(3000) },
  { cookie: ' '.repeat(12_000) },
  { 'x-altsmith-console': `site.${'A'.repeat(12_000)}` },
  { prefer: `wait=${'1'.repeat(12_000)}` },
  { prefer: 'wait wait=;'.repeat(1000) },
  { 'x-forwarded-for': '1.1.1.1,'.repeat(1500), forwarded: 'for=1;'.repeat(400) },
  { 'content-type': `application/json${';a=b'.repeat(3000)}` },
  { 'content-type': `application/json;${' '.repeat(12_000)}charset` },
  { 'content-type': `multipart/form-data; boundary=${'-'.repeat(12_000)}` },
  { 'idempotency-key': 'a'.repeat(12_000) },
  { 'if-none-match': '"a",'.repeat(3000), range: 'bytes=0-,'.repeat(300) },
  { 'user-agent': '@huggingface/inference/1.'.repeat(400), accept: 'a/b;q=0.1,'.repeat(1000) },
  { traceparent: '00-'.repeat(4000), host: 'a.'.repeat(6000) },
];
