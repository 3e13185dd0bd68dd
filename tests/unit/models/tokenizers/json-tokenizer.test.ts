import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TASKS } from '../../../../models/architectures/florence-2/tasks';
import { readTokenizer } from '../../../../models/architectures/florence-2/tokenizer-file';
import { JsonTokenizer } from '../../../../models/tokenizers/json-tokenizer';
import { readFlorenceReference, readPlainTokenizer } from '../../../support/models/florence-cases';

const REFERENCE = readFlorenceReference();
const IDS = { bos_token_id: 0, pad_token_id: 1, eos_token_id: 2 };

/** Florence-2's own file: BART's words without the 1,024 that its processor adds. */
function florence() {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-tokenizer-'));
  try {
    writeFileSync(path.join(folder, 'tokenizer.json'), readPlainTokenizer());
    return readTokenizer(folder, IDS);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a tokenizer.json', () => {
  const { text, special } = florence();
  const tokenizer = new JsonTokenizer(text, special);

  it('writes the words of each task as transformers does', () => {
    for (const [name, { prompt }] of Object.entries(TASKS)) {
      expect([0, ...tokenizer.encode(prompt), 2]).toEqual(REFERENCE.prompts[name]);
    }
  });

  it('writes 200 hostile texts as transformers does', () => {
    expect(REFERENCE.hostile).toHaveLength(200);
    for (const { text: hostile, ids } of REFERENCE.hostile) {
      expect({ hostile, ids: tokenizer.encode(hostile) }).toEqual({ hostile, ids });
    }
  });

  it('reads ids back, without special ones, places and ids that stand for nothing', () => {
    const ids = tokenizer.encode('the image isn’t what');
    expect(tokenizer.decode([0, ...ids, 2, 1, 99_999])).toBe('the image isn’t what');
    expect(tokenizer.decode(tokenizer.encode('<loc_7><and>'))).toBe('');
    expect(tokenizer.decode([])).toBe('');
  });

  it('says what is wrong with a file that is none', () => {
    expect(() => new JsonTokenizer('{}', [])).toThrow('cannot be used');
    expect(() => new JsonTokenizer('no', [])).toThrow('cannot be used');
  });
});

describe('the tokens that Florence-2 adds to BART', () => {
  it('are added in its order, and a file that has them keeps its own', () => {
    const { text, size } = florence();
    const { added_tokens: added }: { added_tokens: { id: number; content: string }[] } = JSON.parse(text);
    const idOf = (content: string) => added.find((token) => token.content === content)!.id;
    expect(size).toBe(REFERENCE.rows.microsoft);
    const first = size - 1024;
    expect(['<od>', '<loc_0>', '<loc_999>', '<cap>', '<and>'].map((token) => idOf(token) - first)).toEqual([
      0, 4, 1003, 1004, 1023,
    ]);
    const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-tokenizer-'));
    writeFileSync(path.join(folder, 'tokenizer.json'), text);
    expect(readTokenizer(folder, IDS).size).toBe(size);
    expect(JSON.parse(readTokenizer(folder, IDS).text).added_tokens).toHaveLength(added.length);
    rmSync(folder, { recursive: true });
  });
});
