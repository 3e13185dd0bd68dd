import fc from 'fast-check';
import { decodeBase64 } from '../../../../../server/http/body/base64';
import { JsonScanner, PICTURE_FROM_BYTES, type PictureSink } from '../../../../../server/http/body/json-scanner';

interface Held {
  readonly bytes: Buffer;
  readonly isPicture: boolean;
}

/** Reads a body that arrives in pieces of `size` bytes. */
function scan(body: string, size = 1000, textBytes = 1_000_000) {
  const held = new Map<string, Held>();
  const openPicture = (): PictureSink => {
    const name = `picture ${held.size}`.padEnd(PICTURE_FROM_BYTES, '.');
    const pieces: Buffer[] = [];
    held.set(name, { bytes: Buffer.alloc(0), isPicture: false });
    return {
      name,
      write: (bytes) => pieces.push(Buffer.from(bytes)),
      end: (isPicture) => held.set(name, { bytes: Buffer.concat(pieces), isPicture }),
    };
  };
  const scanner = new JsonScanner({ textBytes, openPicture });
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  return { value: JSON.parse(scanner.end().toString('utf8')), held };
}

const picture = Buffer.from(Array.from({ length: 9001 }, (_, at) => (at * 7) % 256));
const base64 = picture.toString('base64');

test.each([
  ['bare base64', base64],
  ['base64 for URLs without padding', picture.toString('base64url')],
  ['a data URI', `data:image/png;base64,${base64}`],
  ['a data URI with a parameter', `data:image/jpeg;charset=utf-8;base64,${base64}`],
  ['a data URI in capitals', `DATA:IMAGE/JPEG;BASE64,${base64}`],
  ['base64 in lines', base64.replace(/(.{76})/g, '$1\r\n')],
])('%s is taken out of the JSON, in whatever pieces it arrives', (_name, text) => {
  for (const size of [1, 7, 1024, 65_536]) {
    const { value, held } = scan(JSON.stringify({ before: 'ä"\\', image: text, after: [1, 'x'] }), size);
    expect(value).toMatchObject({ before: 'ä"\\', after: [1, 'x'] });
    expect(held.get(value.image)).toEqual({ bytes: picture, isPicture: true });
  }
});

test('escapes inside a picture are undone: PHP writes \\/, .NET writes \\u002B', () => {
  const escaped = base64.replaceAll('/', '\\/').replaceAll('+', '\\u002B').replaceAll('=', '\\u003d');
  for (const size of [1, 5, 4096]) {
    const { value, held } = scan(`{"image":"data:image\\/png;base64,${escaped}"}`, size);
    expect(held.get(value.image)).toEqual({ bytes: picture, isPicture: true });
  }
});

test('what begins as a picture and is none is said to be none, and the name is as long as what it stands for', () => {
  const { value, held } = scan(JSON.stringify({ image: `${'A'.repeat(5000)}${' '.repeat(70_000)}!` }));
  expect(held.get(value.image)?.isPicture).toBe(false);
  expect(value.image.length).toBeGreaterThanOrEqual(PICTURE_FROM_BYTES);
});

test('long texts, and data URIs of something else, stay where they are', () => {
  const body = {
    text: 'Two words. '.repeat(1000),
    page: `data:text/html,${'a'.repeat(5000)}`,
    short: base64.slice(0, 400),
  };
  const { value, held } = scan(JSON.stringify(body), 333);
  expect(value).toEqual(body);
  expect(held.size).toBe(0);
});

test('any JSON without a picture is the same afterwards, in whatever pieces it arrives', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: 1, max: 40 }), (value, size) => {
      expect(scan(JSON.stringify(value), size).value).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 300, seed: 22 },
  );
});

test.each([
  ['bytes of text', JSON.stringify({ text: 'Two words. '.repeat(10_000) }), 'BODY_TOO_LARGE'],
  ['bytes of blanks', `{"a":${' '.repeat(110_000)}1}`, 'BODY_TOO_LARGE'],
  ['depth', `${'['.repeat(101)}${']'.repeat(101)}`, 'BAD_REQUEST'],
])('it is bounded in %s', (_name, body, code) => {
  expect(() => scan(body, 1000, 100_000)).toThrow(code);
});

test('it is bounded in values', () => {
  expect(() => scan(`[${'0,'.repeat(100_001)}0]`)).toThrow('BAD_REQUEST');
  expect(() => scan(`[${'"",'.repeat(60_000)}0]`)).toThrow('BAD_REQUEST');
});

test.each(['', '=', 'a=b', 'ä', '!', 'ab==c', 'a b!'])('%p is no base64', (text) => {
  expect(decodeBase64(text)).toBeNull();
});
