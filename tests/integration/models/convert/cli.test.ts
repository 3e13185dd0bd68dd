import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCases, readWords, weightsOf, writeConfig, writeWeights } from '../../../support/models/blip-cases';

const PICTURE = path.resolve(__dirname, '../../../fixtures/images/cat.jpg');

let folder: string;
let source: string;
let data: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-models-'));
  source = path.join(folder, 'tiny-blip');
  data = path.join(folder, 'data');
  mkdirSync(source);
  const blip = readCases()[1]!;
  writeConfig(source, blip, readWords());
  writeWeights(source, 'model.safetensors', weightsOf(blip));
});
afterAll(() => rmSync(folder, { recursive: true }));

function altsmith(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const door = 'require(process.argv[1]).main(process.argv.slice(2)).then((code) => { process.exitCode = code; })';
  const main = path.resolve(__dirname, '../../../../build/server/cli/main.js');
  const env = { ...process.env, ALTSMITH_DATA_DIR: data, ALTSMITH_MODEL: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', door, main, ...args], { env }, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });
}

describe('altsmith models', () => {
  it.each(['fp32', 'fp16', 'int8'])('convert makes a %s model that captions', async (precision) => {
    const out = path.join(folder, `model-${precision}`);
    const converted = await altsmith('models', 'convert', source, '--out', out, '--precision', precision, '--json');
    expect([converted.code, JSON.parse(converted.out).precision]).toEqual([0, precision]);
    const said = await altsmith('caption', PICTURE, '--model', out, '--json');
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({
      caption: expect.any(String),
      tokens: expect.any(Array),
      model: { id: 'tiny-blip', precision, demonstration: false, calibrated: false },
    });
  });

  it('list, use and verify know a model that was put in its place', async () => {
    const out = path.join(data, 'models/blip-base/fp32');
    await altsmith('models', 'convert', source, '--out', out, '--precision', 'fp32', '--id', 'blip-base');
    const used = await altsmith('models', 'use', 'blip-base/fp32');
    expect([used.code, used.out]).toEqual([0, expect.stringContaining('blip-base (fp32)')]);
    const { items } = JSON.parse((await altsmith('models', 'list', '--json')).out);
    expect(items.find(({ id }: { id: string }) => id === 'blip-base')).toMatchObject({
      precisions: ['fp32'],
      in_use: true,
    });
    const verified = await altsmith('models', 'verify', 'blip-base');
    expect(verified.code).toBe(0);
    expect(verified.out).toContain('files are as they were made');
    expect(verified.out).toContain('3 published cases skipped');
    expect(verified.out).toContain('Not compared: fp32 is the exact model.');
    const said = await altsmith('caption', PICTURE, '--json');
    expect(JSON.parse(said.out).model).toEqual({
      id: 'blip-base',
      precision: 'fp32',
      demonstration: false,
      calibrated: false,
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
  });

  it('verify fails when the published picture gets other words', async () => {
    const pictures = path.join(folder, 'pictures');
    mkdirSync(pictures);
    writeFileSync(path.join(pictures, 'demo.jpg'), readFileSync(PICTURE));
    const { code, out } = await altsmith('models', 'verify', 'blip-base/fp32', '--pictures', pictures);
    expect(code).toBe(1);
    expect(out).toMatch(/demo.jpg: "[\d ]*", published is "1037 2450 3564/);
  });

  it('verify compares int8 with fp32 beside it, and lets int8 choose other words than the published ones', async () => {
    const pictures = path.join(folder, 'pictures');
    const out = path.join(data, 'models/blip-base/int8');
    await altsmith('models', 'convert', source, '--out', out, '--id', 'blip-base');
    const told = await altsmith('models', 'verify', 'blip-base/int8', '--pictures', pictures);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/int8 against fp32 on 12 generated pictures: \d+ captions the same, \d+ % of the words/);
    expect(told.out).toContain('int8 may choose other words than the published ones, so this fails nothing');
    const { agreement } = JSON.parse((await altsmith('models', 'verify', 'blip-base/int8', '--json')).out);
    expect(agreement.pictures).toBe(12);
    expect(agreement.tokens).toBeGreaterThan(0.3);
  }, 90_000);

  it('verify says in one line that a rounded model is not compared, where the exact one is not here', async () => {
    const { code, out } = await altsmith('models', 'verify', path.join(folder, 'model-int8'));
    expect(code).toBe(0);
    expect(out.split('\n')).toContain(
      'Not compared with the exact model: neither fp32 of it nor its checkpoint is here.',
    );
  });

  it.each(['blip-large', 'blip-base/fp16'])(
    'verify skips the official %s, whose weights are not here',
    async (name) => {
      expect(await altsmith('models', 'verify', name)).toMatchObject({
        code: 0,
        out: `skipped: no weights of ${name} here\n`,
      });
      const json = await altsmith('models', 'verify', name, '--json');
      expect(JSON.parse(json.out)).toEqual({ id: name, skipped: `no weights of ${name} here` });
    },
  );

  it('verify fails for a model that nobody knows', async () => {
    const { code, error } = await altsmith('models', 'verify', 'blip-nobody');
    expect([code, error]).toEqual([1, expect.stringContaining('(MODEL_FILE_MISSING)')]);
  });

  it('verify says which file has changed', async () => {
    const changed = path.join(folder, 'changed');
    await altsmith('models', 'convert', source, '--out', changed, '--precision', 'fp32');
    appendFileSync(path.join(changed, 'vocab.txt'), 'x');
    const { code, error } = await altsmith('models', 'verify', changed);
    expect([code, error]).toEqual([1, expect.stringContaining('vocab.txt has')]);
  });

  it('a model of another format says what to do', async () => {
    const other = path.join(folder, 'other');
    await altsmith('models', 'convert', source, '--out', other, '--precision', 'fp32');
    const file = path.join(other, 'altsmith-model.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 2', '"version": 99'));
    const { code, error } = await altsmith('caption', PICTURE, '--model', other);
    expect([code, error]).toEqual([1, expect.stringContaining('update Altsmith')]);
  });

  it('a folder without a checkpoint leaves nothing behind', async () => {
    const empty = path.join(folder, 'empty');
    mkdirSync(empty);
    const out = path.join(folder, 'never');
    const { code, error } = await altsmith('models', 'convert', empty, '--out', out);
    expect([code, error]).toEqual([1, expect.stringContaining('There is no config.json')]);
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it.each([
    ['an unknown word', ['models', 'juggle'], 'Usage: altsmith models'],
    ['an unknown precision', ['models', 'convert', 'x', '--out', 'y', '--precision', 'int2'], '--precision is one of'],
    ['no folder to write to', ['models', 'convert', 'x'], 'Say where the model goes'],
  ])('%s is answered with the right ones and exit code 2', async (_, args, message) => {
    const { code, error } = await altsmith(...args);
    expect([code, error]).toEqual([2, expect.stringContaining(message)]);
  });

  it('an unknown model is answered with those there are', async () => {
    const { code, error } = await altsmith('models', 'pull', 'blip-huge');
    expect([code, error]).toEqual([1, expect.stringContaining('There are: blip-base')]);
  });
});
