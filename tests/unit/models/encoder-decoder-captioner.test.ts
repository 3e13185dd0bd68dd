import { EncoderDecoderCaptioner } from '../../../models/encoder-decoder-captioner';
import type { Manifest } from '../../../models/model-folder/manifest';
import type { ImageState } from '../../../models/session/image-state';
import type { ModelSession } from '../../../models/session/session';
import { tableStep, type Table } from './search/table-model';

const WORDS = ['', '', '', 'cat', 'dog'];
const PRESET = {
  prompt: null,
  beams: 3,
  max_length: 4,
  max_new_tokens: null,
  min_length: 0,
  length_penalty: 0,
  repetition_penalty: 1,
  unfinished: 'keep',
};
/** Token 0 begins, 1 ends, and 2 stands for a place in the picture. */
const MANIFEST = {
  id: 'table',
  precision: 'fp32',
  demonstration: false,
  confidence_calibrated: false,
  confidence: [
    [-5, 0.1],
    [0, 0.9],
  ],
  files: [],
  dims: { layers: 1, heads: 1, image_tokens: 1, head_size: 1, positions: 8 },
  graphs: { question: null },
  prompted: null,
  question: null,
  tokens: { start: 0, end: 1, pad: 1 },
  text: { accepts_prompt: false },
  presets: { usual: PRESET },
  default_preset: 'usual',
} as unknown as Manifest;

function captionerOf(table: Table, more: Partial<Manifest> = {}): EncoderDecoderCaptioner {
  const session = {
    encode: () => Promise.resolve({ values: {}, classLogits: null }),
    look: (image: ImageState) => Promise.resolve(image),
    decode: () => ({ step: tableStep(table).step, close: () => undefined }),
  } as unknown as ModelSession;
  const decode = (ids: readonly number[]) =>
    ids
      .map((id) => WORDS[id])
      .filter((word) => word !== '')
      .join(' ');
  return new EncoderDecoderCaptioner({ ...MANIFEST, ...more }, session, { encode: () => [], decode });
}

const PICTURE = { data: new Uint8Array(3), width: 1, height: 1 };

it('an answer of tokens that are no words is an error and no caption', async () => {
  const table = { '*': [0.001, 0.6, 0.397, 0.001, 0.001] };
  await expect(captionerOf(table).caption(PICTURE, { beams: 1 })).rejects.toMatchObject({
    code: 'MODEL_REPLY_UNUSABLE',
  });
});

it.each([1, 3])(
  'a model that says one word for ever is stopped at the longest length or before, %i beams',
  async (beams) => {
    const table = { '*': [0.001, 0.001, 0.001, 0.996, 0.001] };
    const { candidates } = await captionerOf(table).caption(PICTURE, { beams, maxNewTokens: 5 });
    expect(candidates[0].tokens.length).toBe(beams === 1 ? 5 : 1);
  },
);

it('a sentence that is one word for ever is an error and no caption', async () => {
  const table = { '*': [0.001, 0.001, 0.001, 0.996, 0.001] };
  await expect(captionerOf(table).caption(PICTURE, { beams: 1, maxNewTokens: 7 })).rejects.toMatchObject({
    code: 'MODEL_REPLY_UNUSABLE',
    message: expect.stringContaining('again and again'),
  });
});

it('a sentence with words is taken before a more likely one without', async () => {
  const table = { '0': [0.001, 0.6, 0.001, 0.397, 0.001], '*': [0.001, 0.996, 0.001, 0.001, 0.001] };
  const { candidates } = await captionerOf(table).caption(PICTURE, { candidates: 2 });
  expect(candidates[0].text).toBe('cat');
  expect(candidates.every(({ text }) => text !== '')).toBe(true);
});

describe('a model that is asked a question', () => {
  const prompted = { question: '{question}', question_preset: 'usual' };
  const answer = (table: Table, beams = 3) => captionerOf(table, { prompted }).answer(PICTURE, 'what?', { beams });

  it('has no answer where it says no words', async () => {
    await expect(answer({ '*': [0.001, 0.996, 0.001, 0.001, 0.001] }, 1)).rejects.toMatchObject({
      code: 'MODEL_REPLY_UNUSABLE',
    });
  });

  it('answers with words before a more likely end', async () => {
    const table = { '0': [0.001, 0.6, 0.001, 0.397, 0.001], '*': [0.001, 0.996, 0.001, 0.001, 0.001] };
    expect((await answer(table)).text).toBe('cat');
  });
});

it('sums that are no numbers are an error and no certainty', async () => {
  const table = { '*': [NaN, NaN, NaN, NaN, NaN] };
  await expect(captionerOf(table).caption(PICTURE, { beams: 1 })).rejects.toMatchObject({
    code: 'MODEL_REPLY_UNUSABLE',
  });
});

it.each(['constructor', 'toString'])('a preset or task called %s is one that it does not have', async (name) => {
  const captioner = captionerOf({ '*': [0.001, 0.001, 0.001, 0.996, 0.001] });
  await expect(captioner.caption(PICTURE, { preset: name })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(captioner.caption(PICTURE, { task: name })).rejects.toMatchObject({ code: 'TASK_NOT_POSSIBLE' });
});
