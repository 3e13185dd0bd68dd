import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SentencePiece } from '../../../../../models/tokenizers/sentencepiece/sentencepiece';

// Against SentencePiece itself; models and reference are made by tests/oracle/make_sentencepiece_reference.py.

interface Reference {
  readonly texts: string[];
  readonly models: Record<string, { ids: number[][]; normalised: string[]; decoded: string[] }>;
}

const FIXTURES = path.resolve(__dirname, '../../../../fixtures/sentencepiece-oracle');
const REFERENCE: Reference = JSON.parse(gunzipSync(readFileSync(path.join(FIXTURES, 'reference.json.gz'))).toString());
const bytesOf = (name: string) => readFileSync(path.join(FIXTURES, `${name}.spm`));

it('was stored for hostile texts, 4,000 random ones and 1,500 sentences', () => {
  expect(REFERENCE.texts).toHaveLength(44 + 4000 + 1500);
});

describe.each(['english', 'many'])('the model %s', (name) => {
  const model = SentencePiece.of(bytesOf(name));
  const due = REFERENCE.models[name]!;

  it('cuts every text as SentencePiece does', () => {
    const found = REFERENCE.texts.map((text) => model.encode(text).map(({ id }) => id));
    const differing = REFERENCE.texts.filter((_, at) => found[at]!.join() !== due.ids[at]!.join());
    expect(differing).toEqual([]);
  });

  it('normalises hostile texts as SentencePiece does', () => {
    const hostile = REFERENCE.texts.slice(0, due.normalised.length);
    expect(hostile.map((text) => model.normalise(text))).toEqual(due.normalised);
  });

  it('names the characters of its pieces, all of them', () => {
    const sentences = REFERENCE.texts.slice(4044);
    const joined = sentences.map((text) => model.encode(text).map((piece) => piece.text).join('')); // prettier-ignore
    expect(joined).toEqual(sentences.map((text) => model.normalise(text)));
  });
});

it('joins pieces to a text again, bytes included', () => {
  const model = SentencePiece.of(bytesOf('many'));
  const { ids, decoded } = REFERENCE.models['many']!;
  expect(decoded.map((_, at) => model.decode(ids[at]!))).toEqual(decoded.map((text) => text.trim()));
});

it('takes a lone half of a surrogate pair as the character that stands for damage', () => {
  const model = SentencePiece.of(bytesOf('english'));
  expect(model.encode('a \ud83d b').map(({ id }) => id)).toEqual(model.encode('a \ufffd b').map(({ id }) => id));
});

it('reads a text of 10 kB in a moment', () => {
  const model = SentencePiece.of(bytesOf('english'));
  const text = 'a cat sitting on a wooden table, '.repeat(300);
  expect(model.decode(model.encode(text).map(({ id }) => id))).toBe(text.trim());
});

describe('a damaged file', () => {
  const whole = bytesOf('english');

  it.each([
    ['empty', Buffer.alloc(0)],
    ['cut', whole.subarray(0, whole.length - 100)],
    ['of zeros', Buffer.alloc(100)],
    ['of text', Buffer.from('<!doctype html><title>Not found</title>')],
  ])('is refused: %s', (_what, bytes) => {
    expect(() => SentencePiece.of(bytes)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_DAMAGED' }));
  });
});
