import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTokenizer } from '../../../../models/architectures/blip-2/tokenizer-file';
import { JsonTokenizer } from '../../../../models/tokenizers/json-tokenizer';
import { precompiledNormaliser } from '../../../../models/tokenizers/precompiled';
import { readBlip2Reference, readT5Tokenizer } from '../../../support/models/blip-2-cases';

const REFERENCE = readBlip2Reference();
const PLAIN = JSON.parse(readT5Tokenizer());

function read(json: unknown) {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-t5-'));
  try {
    writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(json));
    return readTokenizer(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As fine-tuning tools saved it before transformers 5. */
const OLD = {
  ...PLAIN,
  normalizer: {
    type: 'Sequence',
    normalizers: [PLAIN.normalizer, { type: 'Strip', strip_left: true, strip_right: true }],
  },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
};

describe.each([
  ['as transformers 5 saves it', PLAIN],
  ['as older tools save it', OLD],
])('T5’s tokenizer.json, %s', (_, json) => {
  const found = read(json);
  const tokenizer = new JsonTokenizer(found.text, found.special);

  it('writes and reads back 200 hostile texts as transformers does', () => {
    expect(REFERENCE.hostile).toHaveLength(200);
    for (const { text, ids, back } of REFERENCE.hostile) {
      expect({ text, ids: tokenizer.encode(text), back: tokenizer.decode(ids) }).toEqual({ text, ids, back });
    }
  });

  it('says how many tokens it has, and which end a text', () => {
    expect(found).toMatchObject({ size: REFERENCE.size, end: 1, unknown: 2 });
    expect(tokenizer.decode([0, 1, 2, REFERENCE.size - 1, REFERENCE.size + 5])).toBe('');
  });
});

describe('SentencePiece’s table of replacements', () => {
  const normalise = precompiledNormaliser(PLAIN.normalizer.precompiled_charsmap);

  it.each([
    ['plain text stays', 'plain text stays'],
    ['ﬁve', 'five'],
    ['Ｂ\u033e', 'B'],
    ['x\u0085y', 'x y'],
    ['tab\tend', 'tab end'],
    ['', ''],
  ])('%j becomes %j', (text, due) => {
    expect(normalise(text)).toBe(due);
  });

  it('that is cut is refused', () => {
    expect(() => precompiledNormaliser('')).toThrow('cut');
    expect(() => precompiledNormaliser(Buffer.from([255, 255, 0, 0, 1]).toString('base64'))).toThrow('cut');
  });
});
