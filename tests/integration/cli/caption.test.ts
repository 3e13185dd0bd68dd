import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leftBehind, runCaption } from '../../support/caption-command';

const ROOT = path.resolve(__dirname, '../../..');
const PHOTOGRAPHS = path.join(ROOT, 'tests/fixtures/images');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-cli-'));
  mkdirSync(path.join(folder, 'photos/inside/.hidden'), { recursive: true });
  const put = (name: string, to: string) => copyFileSync(path.join(PHOTOGRAPHS, name), path.join(folder, to));
  put('cat.jpg', 'photos/cat.jpg');
  put('coffee.jpg', 'photos/inside/coffee, small.jpg');
  put('rocket.jpg', 'photos/inside/.hidden/rocket.jpg');
  writeFileSync(path.join(folder, 'photos/notes.txt'), 'not a picture, and not named like one');
  writeFileSync(path.join(folder, 'bad.jpg'), 'not a picture');
  for (const name of ['empty', 'temporary']) mkdirSync(path.join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const caption = (args: readonly string[], input?: Buffer | string) => runCaption(folder, args, input);

interface Line {
  readonly file: string;
  readonly caption: string;
  readonly alt_text: string;
  readonly tokens: number[];
  readonly confidence: number;
  readonly alternatives: string[];
  readonly timings_ms: Record<string, number>;
  readonly model: Record<string, unknown>;
  readonly error?: { code: string; message: string };
}

test('with --json each line holds what the contract promises', () => {
  const { code, out, err } = caption(['--json', 'photos/cat.jpg']);
  expect([code, err, out.length]).toEqual([0, '', 1]);
  const line = JSON.parse(out[0]!) as Line;
  expect(Object.keys(line).sort()).toEqual(
    ['alt_text', 'alternatives', 'caption', 'confidence', 'file', 'model', 'timings_ms', 'tokens'].sort(),
  );
  expect(line).toMatchObject({
    file: 'photos/cat.jpg',
    caption: 'a close up of a cat',
    alt_text: 'A close up of a cat',
    tokens: [18, 722, 152, 111, 18, 749],
    model: { id: 'mini', precision: 'int8', demonstration: true, calibrated: true },
  });
  expect(line.confidence).toBeGreaterThan(0.35);
  expect(line.alternatives).toHaveLength(2);
  expect(Object.keys(line.timings_ms).sort()).toEqual(['decode', 'text', 'total', 'vision']);
});

test('a sentence that the image classifier contradicts is told, but is not the alt text', () => {
  const [line] = caption(['--json', 'photos/inside/coffee, small.jpg']).out.map((text) => JSON.parse(text) as Line);
  expect(line).toMatchObject({
    alt_text: 'A cup of coffee',
    caption: expect.stringContaining('pizza') as string,
  });
  expect(line!.alternatives[0]).toContain('pizza');
  expect(line!.confidence).toBeLessThan(0.5);
});

test('one bad file never stops the rest, is told in a sentence, and makes the exit code 1', () => {
  const { code, out, err } = caption(['bad.jpg', 'not-there.jpg', 'empty', 'photos/cat.jpg']);
  expect(code).toBe(1);
  expect(out).toEqual(['photos/cat.jpg: A close up of a cat']);
  expect(err).toContain('bad.jpg: This is not a JPEG, PNG, WebP, GIF, AVIF or TIFF image. (IMAGE_TYPE_UNSUPPORTED)');
  expect(err).toContain('not-there.jpg: The file cannot be read');
  expect(err).toContain('empty: The file cannot be read');
});

test('with --json a bad file is a line of its own, in its place', () => {
  const { code, out } = caption(['--json', 'bad.jpg', 'photos/cat.jpg']);
  const lines = out.map((line) => JSON.parse(line) as Line);
  expect(code).toBe(1);
  expect(lines.map(({ file, error }) => [file, error?.code])).toEqual([
    ['bad.jpg', 'IMAGE_TYPE_UNSUPPORTED'],
    ['photos/cat.jpg', undefined],
  ]);
});

test('a folder stands for the pictures inside it, a quoted pattern for those it matches', () => {
  const inFolder = caption(['photos']).out.map((line) => line.split(':')[0]);
  expect(inFolder).toEqual(['photos/cat.jpg', 'photos/inside/coffee, small.jpg']);
  expect(caption(['photos/**/c*l.{jpg,png}']).out).toHaveLength(1);
});

test('standard input is a picture or a list of names', () => {
  const picture = caption(['-'], readFileSync(path.join(folder, 'photos/cat.jpg')));
  expect(picture.out).toEqual(['-: A close up of a cat']);
  const list = caption(['-'], 'photos/cat.jpg\nphotos/inside/coffee, small.jpg\n');
  expect(list.out).toHaveLength(2);
  expect(caption(['-'], 'photos/cat.jpg\0').out).toHaveLength(1);
  expect(leftBehind(folder)).toEqual([]);
});

test('standard input that holds nothing fails, and so do bytes of another kind, once', () => {
  expect(caption(['-'], '')).toEqual({
    code: 1,
    out: [],
    err: '-: Standard input holds neither a picture nor the name of one. (IMAGE_MISSING)\n',
  });
  const { code, out } = caption(['--json', '-', 'photos/cat.jpg'], '<svg>\n<rect/>\n</svg>\n');
  const lines = out.map((line) => JSON.parse(line) as Line);
  expect([code, lines.map(({ file, error }) => [file, error?.code])]).toEqual([
    1,
    [
      ['-', 'IMAGE_TYPE_UNSUPPORTED'],
      ['photos/cat.jpg', undefined],
    ],
  ]);
});

test('a file of more bytes than the settings allow is refused unread', () => {
  copyFileSync(path.join(folder, 'photos/cat.jpg'), path.join(folder, 'huge.jpg'));
  truncateSync(path.join(folder, 'huge.jpg'), 3e9);
  const { code, err } = caption(['huge.jpg']);
  expect([code, err]).toEqual([1, expect.stringMatching(/^huge\.jpg: .* \(IMAGE_TOO_LARGE\)\n$/)]);
});

test('--csv writes a table that a spreadsheet reads, failures among its rows', () => {
  const { code, out } = caption(['--csv', 'out.csv', 'photos', 'bad.jpg']);
  expect([code, out]).toEqual([1, []]);
  const rows = readFileSync(path.join(folder, 'out.csv'), 'utf8').split('\r\n');
  expect(rows[0]).toBe('file,alt_text,caption,answer,confidence,alternatives,model,error');
  expect(rows[1]).toMatch(/^photos\/cat\.jpg,A close up of a cat,.*,mini int8,$/);
  expect(rows[2]).toMatch(/^"photos\/inside\/coffee, small\.jpg",/);
  expect(rows[3]).toMatch(/^bad\.jpg,.*,IMAGE_TYPE_UNSUPPORTED$/);
  expect(caption(['--csv', 'no/such/folder.csv', 'photos'])).toEqual({
    code: 1,
    out: [],
    err: expect.stringMatching(/^The table cannot be written there; .* \(STORAGE_UNAVAILABLE\)\n$/) as string,
  });
});

test('a model that does not load leaves an older table as it is', () => {
  cpSync(path.join(ROOT, 'models/mini'), path.join(folder, 'damaged'), { recursive: true });
  writeFileSync(path.join(folder, 'damaged/decoder.onnx'), 'damaged');
  writeFileSync(path.join(folder, 'old.csv'), 'what was done yesterday');
  const { code, err } = caption(['--model', 'damaged', '--csv', 'old.csv', 'photos']);
  expect([code, err]).toEqual([1, expect.stringContaining('(MODEL_FILE_DAMAGED)')]);
  expect(readFileSync(path.join(folder, 'old.csv'), 'utf8')).toBe('what was done yesterday');
});

test('beams and lengths reach the search', () => {
  const [line] = caption(['--json', '--beams', '5', '--max-length', '5', 'photos/cat.jpg']).out;
  const { tokens, alternatives } = JSON.parse(line!) as Line;
  expect(tokens.length).toBeLessThanOrEqual(4);
  expect(alternatives.length).toBeLessThanOrEqual(4);
  const [longer] = caption(['--json', '--min-length', '14', 'photos/cat.jpg']).out;
  expect((JSON.parse(longer!) as Line).tokens.length).toBeGreaterThanOrEqual(12);
});

test('a question, or a prompt, that the model cannot take fails with the reason', () => {
  expect(caption(['--question', 'what is it?', 'photos/cat.jpg'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('QUESTION_MODEL_MISSING') as string,
  });
  expect(caption(['--prompt', 'a picture of', 'photos/cat.jpg']).err).toContain('PROMPT_NOT_POSSIBLE');
});

test('a preset is chosen by its name, and a model that has none of that name tells those it has', () => {
  const [usual, chosen] = [[], ['--preset', 'reference']].map((words) =>
    caption(['--json', ...words, 'photos/cat.jpg']),
  );
  expect(JSON.parse(chosen!.out[0]!).caption).toBe(JSON.parse(usual!.out[0]!).caption);
  expect(caption(['--preset', 'paper', 'photos/cat.jpg'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('The model mini has no preset "paper"; it has reference.') as string,
  });
});

test('a least length that the model never reaches is refused with the length it can', () => {
  expect(caption(['--min-length', '40', 'photos/cat.jpg'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('At least 40 is too much in a sentence of at most 23 tokens') as string,
  });
});

test('a model that is not there is told once, and nothing is captioned', () => {
  const { code, out, err } = caption(['--model', 'blip-nobody', 'photos']);
  expect([code, out]).toEqual([1, []]);
  expect(err).toBe(
    'There is no model called "blip-nobody"; "altsmith models list" names those there are. (MODEL_FILE_MISSING)\n',
  );
});

test('with --json it is told as the one line of the output', () => {
  const { code, out, err } = caption(['--json', '--model', 'blip-nobody', 'photos']);
  expect([code, err]).toEqual([1, '']);
  expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      error: {
        code: 'MODEL_FILE_MISSING',
        message: 'There is no model called "blip-nobody"; "altsmith models list" names those there are.',
        retryable: true,
      },
    },
  ]);
});

test.each([
  ['no picture', []],
  ['an unknown option', ['--fast', 'photos']],
  ['a number that is none', ['--beams', 'many', 'photos']],
  ['a length without room for a word', ['--max-length', '1', 'photos']],
  ['a least length beyond the most', ['--min-length', '40', '--max-length', '5', 'photos']],
  ['both a prompt and a question', ['--prompt', 'a', '--question', 'b', 'photos']],
])('%s is answered with the help and exit code 2', (_, args) => {
  const { code, out, err } = caption(args);
  expect([code, out]).toEqual([2, []]);
  expect(err).toContain('Usage: altsmith caption');
});

test('--help says how, in a pipe there is no progress bar', () => {
  expect(caption(['--help'])).toMatchObject({ code: 0, err: '' });
  expect(caption(['photos']).err).toBe('');
  expect(existsSync(path.join(folder, 'data'))).toBe(false);
});
