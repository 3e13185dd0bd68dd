import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { studentConfig } from '../../../../../models/architectures/marian/student-config';
import { findStudent, languagesOfPair, studentFiles } from '../../../../../models/architectures/marian/student-files';
import { MarianBinary } from '../../../../../models/checkpoint/marian-binary';
import { STUDENTS } from '../../../../support/models/student-cases';

const YAML = new MarianBinary(path.join(STUDENTS, 'taught/model.ende.bin.gz')).settings;
const sizes = { sourceWords: 240, targetWords: 240, encoderInner: 128, decoderInner: 128, isShared: true };

test.each([
  ['ende', 'en', 'de'],
  ['en-de', 'en', 'de'],
  ['en-pt-BR', 'en', 'pt-BR'],
  ['plen', 'pl', 'en'],
  ['enzh', 'en', 'zh'],
  ['enzh_hant', 'en', 'zh-Hant'],
])('%s names two languages', (pair, from, to) => expect(languagesOfPair(pair)).toEqual({ from, to }));

test.each(['', 'e', 'abcdefgh', '12-34'])('"%s" names none', (pair) => {
  expect(() => languagesOfPair(pair)).toThrow('names no two languages');
});

describe('the files of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-student-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (...names: string[]) => {
    for (const name of names) writeFileSync(path.join(folder, name), Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]));
  };

  test('are found under the names they are published with; the shortlist is left', () => {
    put('lex.50.50.ende.s2t.bin', 'model.ende.intgemm.alphas.bin', 'vocab.ende.spm');
    expect(findStudent(folder)).toBe('model.ende.intgemm.alphas.bin');
    expect(studentFiles(folder, 'model.ende.intgemm.alphas.bin')).toEqual({
      weights: 'model.ende.intgemm.alphas.bin',
      source: 'vocab.ende.spm',
      target: 'vocab.ende.spm',
      from: 'en',
      to: 'de',
    });
  });

  test('may have a vocabulary for each language', () => {
    put('model.enja.bin', 'srcvocab.enja.spm', 'trgvocab.enja.spm');
    const { source, target, to } = studentFiles(folder, 'model.enja.bin');
    expect([source, target, to]).toEqual(['srcvocab.enja.spm', 'trgvocab.enja.spm', 'ja']);
  });

  test('without words are incomplete, and other weights are none', () => {
    put('model.ende.bin');
    expect(() => studentFiles(folder, 'model.ende.bin')).toThrow(
      expect.objectContaining({ code: 'MODEL_FILE_MISSING' }),
    );
    writeFileSync(path.join(folder, 'model.ende.bin'), 'something else');
    expect(findStudent(folder)).toBeNull();
    expect(findStudent(path.join(folder, 'nowhere'))).toBeNull();
  });
});

describe('the settings of a student', () => {
  test('tell its sizes', () => {
    expect(studentConfig(YAML, 'model.bin', () => sizes)).toMatchObject({
      d_model: 64,
      encoder_layers: 2,
      decoder_layers: 2,
      decoder_attention_heads: 8,
      decoder_vocab_size: 241,
      decoder_start_token_id: 240,
      decoder_cell: 'ssru',
    });
  });

  test.each([
    ['dec-cell', 'gru'],
    ['transformer-decoder-autoreg', 'self-attention'],
    ['transformer-ffn-activation', 'swish'],
    ['transformer-postprocess', 'da'],
    ['transformer-preprocess', 'n'],
    ['transformer-rnn-projection', 'true'],
    ['dim-emb', '0'],
    ['enc-depth', 'many'],
  ])('that build it otherwise are refused: %s %s', (name, value) => {
    const other = YAML.replace(new RegExp(`^${name}: .*$`, 'm'), `${name}: ${value}`);
    expect(other).not.toBe(YAML);
    expect(() => studentConfig(other, 'model.bin', () => sizes)).toThrow(name);
  });

  test('that contradict each other are refused', () => {
    const other = YAML.replace('transformer-heads: 8', 'transformer-heads: 7');
    expect(() => studentConfig(other, 'model.bin', () => sizes)).toThrow('contradict each other');
  });
});
