import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertBlip } from '../../../../../models/architectures/blip/convert';
import { PickleWriter, writeTorchZip } from '../../../../support/checkpoint/write-torch-zip';
import { readCases, readWords, weightsOf, writeConfig, writeWeights } from '../../../../support/models/blip-cases';

const BLIP = readCases()[0]!;
const SOURCE = weightsOf(BLIP);

let folder: string;
let source: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-convert-'));
  source = path.join(folder, 'checkpoint');
  target = path.join(folder, 'model');
  writeConfig(source, BLIP, readWords());
  writeWeights(source, 'pytorch_model.bin', SOURCE);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const convert = () => convertBlip({ source, target, precision: 'fp32' });
const bin = () => path.join(source, 'pytorch_model.bin');

function editConfig(change: (config: any) => void): void {
  const file = path.join(source, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  change(config);
  writeFileSync(file, JSON.stringify(config));
}

const GRAPHS = ['vision', 'encoder', 'decoder'];

describe('a converted checkpoint', () => {
  it('is a folder with the graphs, their weights, the words and the manifest', async () => {
    const manifest = await convert();
    expect(readdirSync(target).sort()).toEqual(
      ['altsmith-model.json', 'vocab.txt', ...GRAPHS.flatMap((name) => [`${name}.data`, `${name}.onnx`])].sort(),
    );
    expect(manifest).toMatchObject({
      magic: 'altsmith-model',
      version: 2,
      id: 'checkpoint',
      demonstration: false,
      confidence_calibrated: false,
      dims: { image_size: 32, image_tokens: 17, layers: 2, heads: 2, head_size: 16, vocabulary: 176, positions: 64 },
      tokens: { start: 174, end: 3, unknown: 1, classify: 2, separate: 3 },
      default_preset: 'hf',
    });
    expect(manifest.files.map(({ name }) => name)).toContain('vision.data');
  });

  it('tells how far it is, up to the end', async () => {
    const told: number[] = [];
    await convertBlip({ source, target, precision: 'fp16', progress: (done, total) => told.push(done / total) });
    expect(told.length).toBeGreaterThan(50);
    expect([...told].sort((a, b) => a - b)).toEqual(told);
    expect(told.at(-1)).toBe(1);
  });

  it('takes its words from tokenizer.json where there is no vocab.txt', async () => {
    const vocab = Object.fromEntries(readWords().map((word, id) => [word, id]));
    rmSync(path.join(source, 'vocab.txt'));
    writeFileSync(path.join(source, 'tokenizer.json'), JSON.stringify({ model: { type: 'WordPiece', vocab } }));
    await convert();
    expect(readFileSync(path.join(target, 'vocab.txt'), 'utf8').trim().split('\n')).toEqual(readWords());
  });

  it('is also made of what transformers 5 saves: no preprocessor_config.json and no vocab.txt', async () => {
    const old = path.join(source, 'preprocessor_config.json');
    const image_processor = { ...JSON.parse(readFileSync(old, 'utf8')), size: { height: 32, width: 32 } };
    rmSync(old);
    rmSync(path.join(source, 'vocab.txt'));
    const processor = { image_processor, processor_class: 'BlipProcessor' };
    writeFileSync(path.join(source, 'processor_config.json'), JSON.stringify(processor));
    const vocab = Object.fromEntries(readWords().map((word, id) => [word, id]));
    writeFileSync(path.join(source, 'tokenizer.json'), JSON.stringify({ model: { type: 'WordPiece', vocab } }));
    const { files } = await convert();
    expect(files.map(({ name }) => name)).toContain('vision.onnx');
  });

  it.each([true, false])(
    'answers questions, or not, by its weights where config.json names no class: %s',
    async (asks) => {
      const blip = readCases().find(({ question }) => question === asks)!;
      writeConfig(source, blip, readWords());
      writeWeights(source, 'pytorch_model.bin', weightsOf(blip));
      editConfig((config) => delete config.architectures);
      const { graphs } = await convert();
      expect(graphs.question).toBe(asks ? 'question.onnx' : null);
    },
  );

  it('brings its licence along', async () => {
    writeFileSync(path.join(source, 'LICENSE'), 'free as a bird');
    await convert();
    expect(readFileSync(path.join(target, 'LICENSE.txt'), 'utf8')).toBe('free as a bird');
  });

  it('is half the size in float16 and near a quarter in int8', async () => {
    const sizes = await Promise.all(
      (['fp32', 'fp16', 'int8'] as const).map(async (precision) => {
        const { files } = await convertBlip({ source, target: `${target}-${precision}`, precision });
        // Pages of 4 kB weigh heavily in a model this small, so only what is on them counts.
        return files.filter(({ name }) => name.endsWith('.data')).reduce((sum, { bytes }) => sum + bytes, 0);
      }),
    );
    expect(sizes[1]).toBeLessThan(sizes[0]!);
    expect(sizes[2]).toBeLessThan(sizes[1]!);
  });
});

describe('what is not a sound BLIP checkpoint is refused, and leaves nothing behind:', () => {
  it.each<[string, () => void, string]>([
    [
      'a missing weight',
      () =>
        writeTorchZip(bin(), {
          ...SOURCE,
          specs: SOURCE.specs.filter(({ name }) => name !== 'vision_model.post_layernorm.weight'),
        }),
      'no weight called "vision_model.post_layernorm.weight"',
    ],
    [
      'a weight of another shape',
      () => editConfig((config) => (config.text_config.intermediate_size = 128)),
      'where 128 is due',
    ],
    ['a cut file', () => truncateSync(bin(), 100_000), 'cannot be read'],
    ['a file of something else', () => writeFileSync(bin(), 'x'.repeat(5_000)), 'in neither of the layouts'],
    [
      'a file that wants to run code',
      () => writeTorchZip(bin(), SOURCE, new PickleWriter().global('builtins', 'eval').finish()),
      'it wants to run "builtins.eval", which a file of weights has no need for. Nothing of it was run. Take',
    ],
    ['no weights', () => rmSync(bin()), 'neither model.safetensors nor pytorch_model.bin'],
    ['no config', () => rmSync(path.join(source, 'config.json')), 'There is no config.json'],
    ['no preprocessor', () => rmSync(path.join(source, 'preprocessor_config.json')), 'no preprocessor_config.json'],
    ['no words', () => rmSync(path.join(source, 'vocab.txt')), 'neither vocab.txt nor tokenizer.json'],
    ['a config that is cut', () => truncateSync(path.join(source, 'config.json'), 20), 'is not JSON'],
    ['another kind of model', () => editConfig((config) => (config.model_type = 'blip-2')), 'not that of a BLIP model'],
    [
      'pictures of another size',
      () => writeFileSync(path.join(source, 'preprocessor_config.json'), '{"size":{"height":64,"width":64}}'),
      'size is 64x64, but image_size in config.json is 32',
    ],
    [
      'pictures of another size in the file of transformers 5',
      () => {
        rmSync(path.join(source, 'preprocessor_config.json'));
        const processor = { image_processor: { size: { height: 64, width: 64 } } };
        writeFileSync(path.join(source, 'processor_config.json'), JSON.stringify(processor));
      },
      'processor_config.json cannot be followed: size is 64x64',
    ],
    ['another activation', () => editConfig((config) => (config.text_config.hidden_act = 'relu')), 'hidden_act'],
    [
      'sizes that contradict each other',
      () => editConfig((config) => (config.vision_config.num_attention_heads = 5)),
      'contradict each other',
    ],
    [
      'more words than the weights have rows for',
      () => writeFileSync(path.join(source, 'vocab.txt'), `${[...readWords(), 'a', 'b', 'c'].join('\n')}\n`),
      'it has 177 words, the weights have 176',
    ],
    [
      'an id beyond all rows',
      () => {
        rmSync(path.join(source, 'vocab.txt'));
        const vocab = { '[CLS]': 2, far: 4_000_000_000 };
        writeFileSync(path.join(source, 'tokenizer.json'), JSON.stringify({ model: { vocab } }));
      },
      'it has 4000000001 words, the weights have 176',
    ],
    [
      'another end of sentences',
      () => {
        const words = readWords();
        [words[3], words[9]] = [words[9]!, words[3]!];
        writeFileSync(path.join(source, 'vocab.txt'), `${words.join('\n')}\n`);
      },
      '[SEP] has the id 9, and the config says 3',
    ],
    ['words that are not BERT’s', () => writeFileSync(path.join(source, 'vocab.txt'), 'a\nb\n'), 'has no [CLS]'],
  ])('%s', async (_, spoil, message) => {
    spoil();
    await expect(convert()).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['checkpoint']);
  });

  it('a full disk, with the advice to free some', async () => {
    let left = 10;
    const real = fs.writeSync;
    jest.spyOn(fs, 'writeSync').mockImplementation((...args: any[]) => {
      if (left-- <= 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      return (real as any)(...args);
    });
    await expect(convert()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(readdirSync(folder)).toEqual(['checkpoint']);
  });
});

it('a failed conversion leaves the model that was there', async () => {
  await convert();
  const before = readFileSync(path.join(target, 'altsmith-model.json'), 'utf8');
  truncateSync(bin(), 100_000);
  await expect(convert()).rejects.toThrow('cannot be read');
  expect(readFileSync(path.join(target, 'altsmith-model.json'), 'utf8')).toBe(before);
  expect(existsSync(path.join(target, 'decoder.data'))).toBe(true);
});
