import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCases, readWords, weightsOf, writeConfig, writeWeights } from '../../../support/models/blip-cases';
import { boundByRights } from '../../../support/rights';
import { SmallDisk, testWithDisk } from '../../../support/small-disk';

let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-problems-'));
  source = path.join(folder, 'checkpoint');
  const blip = readCases()[1]!;
  writeConfig(source, blip, readWords());
  writeWeights(source, 'pytorch_model.bin', weightsOf(blip));
  mkdirSync(path.join(folder, 'data'));
  mkdirSync(path.join(folder, 'closed'));
  for (const name of ['', 'data']) chmodSync(path.join(folder, name), 0o777);
  chmodSync(path.join(folder, 'closed'), 0o555);
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly error: string;
}

function altsmithModels(args: string[], settings: Record<string, string> = {}): Promise<Outcome> {
  const script = path.resolve(__dirname, '../../../support/models/run-models.cjs');
  const [program, ...words] = boundByRights([process.execPath, script, ...args]);
  const env = { ...process.env, ALTSMITH_DATA_DIR: path.join(folder, 'data'), HF_ENDPOINT: '', ...settings };
  return new Promise((resolve) => {
    execFile(program, words, { env }, (failure, _, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), error });
    });
  });
}

const convert = (out = path.join(folder, 'model')) =>
  altsmithModels(['convert', source, '--out', out, '--precision', 'fp32']);
const bin = () => path.join(source, 'pytorch_model.bin');

/** One sentence with a code, and no stack. */
function expectSentence({ code, error }: Outcome, sentence: string): void {
  expect(error.trimEnd().split('\n')).toEqual([expect.stringContaining(sentence)]);
  expect(code).toBe(1);
}

it('is a sound checkpoint before it is spoilt', async () => {
  expect(await convert()).toMatchObject({ code: 0 });
});

it('the checkpoint is never taken for the place of the model', async () => {
  const before = readFileSync(bin());
  expectSentence(await convert(source), 'is the checkpoint itself, or holds it; name another folder. (FOLDER_TAKEN)');
  expect(readFileSync(bin()).equals(before)).toBe(true);
});

it.each<[string, () => void, string]>([
  [
    'weights that may not be opened',
    () => chmodSync(bin(), 0),
    'pytorch_model.bin: the permission to open it is missing. (FILE_UNREADABLE)',
  ],
  [
    'a config.json that may not be opened',
    () => chmodSync(path.join(source, 'config.json'), 0),
    'config.json: the permission to open it is missing. (FILE_UNREADABLE)',
  ],
  [
    'a config.json that is a folder',
    () => {
      rmSync(path.join(source, 'config.json'));
      mkdirSync(path.join(source, 'config.json'));
    },
    'config.json: it is a folder where a file is due. (FILE_UNREADABLE)',
  ],
  [
    'weights that are a folder',
    () => mkdirSync(path.join(source, 'model.safetensors')),
    'model.safetensors: it is a folder where a file is due. (FILE_UNREADABLE)',
  ],
  [
    'a .bin that claims to be larger than any disk',
    () => {
      const bytes = readFileSync(bin());
      const end = bytes.lastIndexOf('PK\x05\x06', 'latin1');
      const locator = Buffer.concat([Buffer.from('PK\x06\x07', 'latin1'), Buffer.alloc(16)]);
      locator.writeBigUInt64LE(0xffff_ffff_ffff_ff00n, 8);
      bytes.writeUInt32LE(0xffff_ffff, end + 16);
      writeFileSync(bin(), Buffer.concat([bytes.subarray(0, end), locator, bytes.subarray(end)]));
    },
    '(MODEL_FILE_DAMAGED)',
  ],
])('%s are told in one sentence', async (_, spoil, sentence) => {
  spoil();
  expectSentence(await convert(), sentence);
});

it('a place that may not be written to is told in one sentence', async () => {
  expectSentence(
    await convert(path.join(folder, 'closed/model')),
    'the permission to write it is missing. (STORAGE_UNAVAILABLE)',
  );
});

it.each(['hf-mirror.com', 'ftp://hf-mirror.com'])('HF_ENDPOINT=%s is told in one sentence', async (endpoint) => {
  const outcome = await altsmithModels(['pull', 'blip-base', '--no-compare'], { HF_ENDPOINT: endpoint });
  expectSentence(outcome, `HF_ENDPOINT is "${endpoint}", which is no address of a hub`);
});

testWithDisk(
  'a full disk is told in one sentence, also where only pictures to try a model on are written',
  async () => {
    const disk = SmallDisk.make(1);
    try {
      chmodSync(disk.folder, 0o777);
      disk.fill();
      const outcome = await altsmithModels(['verify', 'mini'], { TMPDIR: disk.folder });
      expectSentence(outcome, 'The disk is full; free some space and try again. (STORAGE_FULL)');
      // Before any work is done: that of a large model takes minutes.
      const target = path.join(disk.folder, 'model');
      expectSentence(await convert(target), `of disk, and 0 MB are free for ${target}.`);
    } finally {
      disk.remove();
    }
  },
);

describe('a model folder', () => {
  const manifest = () => path.join(folder, 'model/altsmith-model.json');
  const change = (edit: (manifest: any) => void) => {
    const json = JSON.parse(readFileSync(manifest(), 'utf8'));
    edit(json);
    writeFileSync(manifest(), JSON.stringify(json));
  };
  beforeEach(() => convert());

  it.each<[string, () => void, string]>([
    [
      'whose manifest may not be opened',
      () => chmodSync(manifest(), 0),
      'altsmith-model.json: the permission to open it is missing. (MODEL_UNAVAILABLE)',
    ],
    [
      'whose file is missing',
      () => rmSync(path.join(folder, 'model/vision.data')),
      'vision.data is missing; make the model again with "altsmith models convert"',
    ],
    [
      'whose file is another',
      () => writeFileSync(path.join(folder, 'model/vision.data'), ''),
      'make the model again with "altsmith models convert". (MODEL_FILE_DAMAGED)',
    ],
    [
      'that lists none of its files',
      () => change((json) => (json.files = [])),
      'uses vision.onnx, but does not list it',
    ],
    [
      'that lacks words which it does not list',
      () => {
        rmSync(path.join(folder, 'model/vocab.txt'));
        change((json) => (json.files = json.files.filter(({ name }: any) => name !== 'vocab.txt')));
      },
      'uses vocab.txt, but does not list it',
    ],
    [
      'whose weights may not be opened',
      () => chmodSync(path.join(folder, 'model/vision.data'), 0),
      'vision.data: the permission to open it is missing. (MODEL_UNAVAILABLE)',
    ],
  ])('%s is told in one sentence', async (_, spoil, sentence) => {
    spoil();
    expectSentence(await altsmithModels(['verify', path.join(folder, 'model')]), sentence);
  });

  it('of an official model is to be pulled again', async () => {
    change((json) => (json.id = 'blip-base'));
    rmSync(path.join(folder, 'model/decoder.data'));
    expectSentence(
      await altsmithModels(['verify', path.join(folder, 'model')]),
      'run "altsmith models pull blip-base" again',
    );
  });
});
