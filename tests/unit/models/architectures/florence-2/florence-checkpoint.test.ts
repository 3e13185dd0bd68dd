import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFlorenceConfig } from '../../../../../models/architectures/florence-2/config';
import { readPresets } from '../../../../../models/architectures/florence-2/generation';
import { canonicalName } from '../../../../../models/architectures/florence-2/names';
import { convertCheckpoint } from '../../../../../models/convert-checkpoint';
import { florenceLayout, microsoftName } from '../../../../support/checkpoint/florence-layout';
import { bytesOf } from '../../../../support/checkpoint/weights';
import { writeSafetensors } from '../../../../support/checkpoint/write-safetensors';
import {
  florenceSource,
  readFlorenceCases,
  readFlorenceReference,
  writeFlorence,
} from '../../../../support/models/florence-cases';

const TINY = readFlorenceCases().find(({ side }) => side === 64)!;
const { rows } = readFlorenceReference();

let folder: string;
let source: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-florence-'));
  source = path.join(folder, 'checkpoint');
  target = path.join(folder, 'model');
});
afterEach(() => rmSync(folder, { recursive: true }));

const convert = () => convertCheckpoint({ source, target, precision: 'fp32' });

function edit(name: string, change: (json: any) => void): void {
  const file = path.join(source, name);
  const json = JSON.parse(readFileSync(file, 'utf8'));
  change(json);
  writeFileSync(file, JSON.stringify(json));
}

/** Gives the tables of positions whose name holds `part` other sizes. */
function resizeTable(part: string, dims: number[]): void {
  const whole = florenceSource(TINY, 'transformers', rows.transformers);
  writeSafetensors(path.join(source, 'model.safetensors'), {
    specs: whole.specs.map((spec) => (spec.name.includes(part) ? { ...spec, dims } : spec)),
    bytes: (spec) => (spec.name.includes(part) ? new Uint8Array(bytesOf(spec)) : whole.bytes(spec)),
  });
}

function withoutWeight(name: string): void {
  const whole = florenceSource(TINY, 'transformers', rows.transformers);
  const specs = whole.specs.filter((spec) => spec.name !== name);
  writeSafetensors(path.join(source, 'model.safetensors'), { ...whole, specs });
}

describe('a Florence-2 checkpoint', () => {
  it('becomes a folder that says what it is', async () => {
    writeFlorence(source, TINY, 'transformers', rows.transformers);
    const manifest = await convert();
    expect(readdirSync(target).sort()).toEqual([
      'altsmith-model.json',
      'decoder.data',
      'decoder.onnx',
      'encoder.data',
      'encoder.onnx',
      'tokenizer.json',
      'vision.data',
      'vision.onnx',
    ]);
    expect(manifest).toMatchObject({
      architecture: 'florence-2',
      graphs: { encoder: 'encoder.onnx', question: null },
      dims: { image_size: 64, image_tokens: 5, vocabulary: rows.transformers, positions: TINY.positions },
      tokens: { start: 2, end: 2, classify: 0, separate: 2 },
      default_preset: 'card',
      presets: { card: { beams: 3, forced_start: 0, forced_end: true, max_length: null } },
    });
    expect(Object.keys(manifest.tasks!)).toEqual(['caption', 'detailed', 'more_detailed', 'ocr']);
  });

  it('has one name for each weight of both layouts', () => {
    for (const { name } of florenceLayout(TINY, 10)) expect(canonicalName(microsoftName(name))).toBe(name);
    expect(canonicalName('model.vision_projector.image_proj_norm.bias')).toBe(
      'model.multi_modal_projector.image_proj_norm.bias',
    );
    expect(canonicalName('language_model.lm_head.weight')).toBe('lm_head.weight');
  });

  it('takes ids from the text half, and no rules from a generation_config.json whose ids are others', () => {
    writeFlorence(source, TINY, 'transformers', rows.transformers);
    edit('generation_config.json', (rules) =>
      Object.assign(rules, { bos_token_id: 2, eos_token_id: 1, pad_token_id: 0 }),
    );
    const { text } = readFlorenceConfig(source);
    expect(text).toMatchObject({ eos_token_id: 2, decoder_start_token_id: 2 });
    // What transformers does then: greedy, 20 tokens, nothing forced.
    expect(readPresets(source, text, 'transformers').hf).toMatchObject({
      beams: 1,
      max_length: 20,
      forced_start: null,
      no_repeat_ngram_size: 0,
    });
  });

  it('of Microsoft keeps the rules of its text half', () => {
    writeFlorence(source, TINY, 'microsoft', rows.microsoft);
    const { text } = readFlorenceConfig(source);
    expect(readPresets(source, text, 'microsoft').hf).toMatchObject({
      beams: 3,
      forced_start: 0,
      forced_end: true,
      no_repeat_ngram_size: 3,
      early_stopping: true,
    });
  });

  it('may leave out how pictures are prepared, or name only classes', () => {
    writeFlorence(source, TINY, 'transformers', rows.transformers);
    edit('processor_config.json', (processor) => delete processor.image_processor);
    expect(readFlorenceConfig(source)).toMatchObject({ side: 768, mean: [0.485, 0.456, 0.406] });
  });

  it.each<[string, () => void, string]>([
    ['no tokenizer', () => rmSync(path.join(source, 'tokenizer.json')), 'no tokenizer.json'],
    [
      'a tokenizer of another kind',
      () => edit('tokenizer.json', (json) => (json.model = {})),
      'not that of a Florence-2',
    ],
    [
      'more words than weights',
      () => edit('tokenizer.json', (json) => json.added_tokens.push({ id: 5000, content: '<new>', special: false })),
      'words, the weights have',
    ],
    [
      'more words than fit on the stack',
      () =>
        edit('tokenizer.json', ({ model }) => {
          for (let id = 1000; id < 200_000; id++) model.vocab[`word${id}`] = id;
        }),
      'words, the weights have',
    ],
    [
      'another end of texts',
      () =>
        edit('tokenizer.json', ({ model, added_tokens: added }) => {
          for (const token of added) token.id++;
          for (const word of Object.keys(model.vocab)) model.vocab[word]++;
        }),
      '<s> has the id 1, and the config says 0',
    ],
    [
      'no table of words',
      () => withoutWeight('model.language_model.shared.weight'),
      'has no weight called "model.language_model.shared.weight"',
    ],
    ['ten thousand beams', () => edit('generation_config.json', (rules) => (rules.num_beams = 10_000)), 'num_beams'],
    [
      'scores that overflow',
      () => edit('generation_config.json', (rules) => (rules.length_penalty = -400)),
      'length_penalty',
    ],
    ['half a pixel', () => edit('processor_config.json', (json) => (json.image_processor.size = 63.5)), 'size'],
    ['other widths', () => edit('config.json', (config) => (config.text_config.encoder_ffn_dim = 7)), 'is due'],
    [
      'lists of other lengths',
      () => edit('config.json', (config) => config.vision_config.depths.pop()),
      'different lengths',
    ],
    ['no depths', () => edit('config.json', (config) => delete config.vision_config.depths), 'vision_config.depths'],
    [
      'sizes at odds',
      () => edit('config.json', (config) => (config.vision_config.projection_dim = 7)),
      'contradict each other',
    ],
    [
      'another norm',
      () => edit('config.json', (config) => (config.text_config.normalize_before = true)),
      'text_config.normalize_before',
    ],
    [
      'pictures that are no squares',
      () => edit('processor_config.json', (json) => (json.image_processor.size = { height: 64, width: 32 })),
      'only squares',
    ],
    [
      'fewer rows of positions than a picture has',
      () => resizeTable('row_embeddings', [1, Math.floor(TINY.widths.at(-1)! / 2)]),
      'has 1 rows, and 2 are needed for pictures of this size',
    ],
    ['positions of other widths', () => resizeTable('column_embeddings', [50, TINY.widths.at(-1)!]), 'is due'],
    ['a larger picture', () => edit('processor_config.json', (json) => (json.image_processor.size = 512)), 'no room'],
    ['an architecture that is not known', () => edit('config.json', (config) => (config.model_type = 'bert')), 'BLIP'],
  ])('with %s is refused in a sentence, and nothing is left', async (_, damage, sentence) => {
    writeFlorence(source, TINY, 'transformers', rows.transformers);
    damage();
    await expect(convert()).rejects.toThrow(sentence);
    expect(readdirSync(folder)).toEqual(['checkpoint']);
  });
});
