import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KnownModel } from '../../../../models/registry';
import { FakeHub } from '../../../support/fake-hub';
import { readCases, type BlipCase } from '../../../support/models/blip-cases';
import {
  publishTiny,
  publishTinyBlip2,
  publishTinyFlorence,
  TINY_COMMIT,
  TINY_REPO,
} from '../../../support/models/tiny-model';

const NAMES = ['config.json', 'preprocessor_config.json', 'vocab.txt', 'pytorch_model.bin'];

let folder: string;
let repo: string;
let pulled: string;
let hub: FakeHub;
let model: KnownModel;

/** Publishes a checkpoint on the hub, and the model that names it. */
function publish(blip: BlipCase): void {
  model = publishTiny(repo, blip, 'pytorch_model.bin');
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-pull-'));
  repo = path.join(folder, 'repo');
  pulled = path.join(folder, 'models');
  mkdirSync(repo);
  mkdirSync(pulled);
  publish(readCases()[0]!);
  hub = new FakeHub([{ name: TINY_REPO, commit: TINY_COMMIT, folder: repo }]);
  await hub.start();
});
afterEach(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly out: any;
  readonly told: string;
}

function run(script: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const settings = {
    ...process.env,
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: path.join(folder, 'hf'),
    HF_TOKEN: '',
    ...env,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, script, { env: settings }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: JSON.parse(stdout || 'null'), told: stderr });
    });
  });
}

function pull(precision: string, { env = {}, from = [] as string[] } = {}): Promise<Outcome> {
  const script = path.resolve(__dirname, '../../../support/models/pull-tiny.cjs');
  return run([script, JSON.stringify(model), precision, pulled, ...from], env);
}

const everything = () => readdirSync(pulled, { recursive: true }).map(String);

describe('altsmith models pull', () => {
  it('downloads, converts, compares with fp32 and leaves one whole model folder', async () => {
    hub.fail('pytorch_model.bin', { kind: 'cut', after: 20_000 }, { kind: 'expire', after: 10_000 });
    const { code, out, told } = await pull('int8');
    expect([code, told]).toEqual([0, expect.stringContaining('Comparing the two')]);
    expect(out.folder).toBe(path.join(pulled, 'tiny-blip/int8'));
    expect(out.agreement.pictures).toBe(12);
    // Random weights are a hard case: neighbouring words are nearly as likely.
    expect(out.agreement.tokens).toBeGreaterThan(0.5);
    expect(readdirSync(pulled).sort()).toEqual(['.downloads', 'tiny-blip']);
    expect(readdirSync(path.join(pulled, '.downloads'))).toEqual([]);
    const manifest = JSON.parse(readFileSync(path.join(out.folder, 'altsmith-model.json'), 'utf8'));
    expect(manifest).toMatchObject({
      magic: 'altsmith-model',
      id: 'tiny-blip',
      precision: 'int8',
      licence: 'BSD-3-Clause',
    });
    expect(readFileSync(path.join(out.folder, 'LICENSE.txt'), 'utf8')).toContain('Salesforce.com, Inc.');
  });

  it('does the same for a Florence-2, with its own licence', async () => {
    rmSync(repo, { recursive: true });
    model = publishTinyFlorence(repo);
    const { code, out } = await pull('int8');
    expect(code).toBe(0);
    expect(out.agreement.pictures).toBe(12);
    expect(everything().sort()).toEqual(
      [
        '.downloads',
        'tiny-florence',
        ...['', '/LICENSE.txt', '/altsmith-model.json', '/tokenizer.json'].map((name) => `tiny-florence/int8${name}`),
        ...['vision', 'encoder', 'decoder'].flatMap((name) => [
          `tiny-florence/int8/${name}.onnx`,
          `tiny-florence/int8/${name}.data`,
        ]),
      ].sort(),
    );
    expect(readFileSync(path.join(out.folder, 'LICENSE.txt'), 'utf8')).toContain('Copyright (c) Microsoft Corporation');
  }, 60_000);

  it('does the same for a BLIP-2 in parts, each of which goes on where it was cut', async () => {
    rmSync(repo, { recursive: true });
    model = publishTinyBlip2(repo);
    hub.fail('model-00002-of-00003.safetensors', { kind: 'cut', after: 20_000 });
    hub.fail('model-00003-of-00003.safetensors', { kind: 'expire', after: 10_000 });
    const { code, out } = await pull('int8');
    expect([code, out.agreement.pictures]).toEqual([0, 12]);
    const ranges = hub.seen.flatMap(({ range }) => (range === null ? [] : [range]));
    expect(ranges).toEqual(['bytes=20000-', 'bytes=10000-']);
    const manifest = JSON.parse(readFileSync(path.join(out.folder, 'altsmith-model.json'), 'utf8'));
    expect(manifest).toMatchObject({ id: 'tiny-blip-2', architecture: 'blip-2', precision: 'int8' });
    expect(readFileSync(path.join(out.folder, 'LICENSE.txt'), 'utf8')).toMatch(/Flan-T5[^]*Apache License/);
  }, 60_000);

  it('does not run fp32 where memory is short, and says so', async () => {
    const { code, out, told } = await pull('int8', { env: { ALTSMITH_TEST_AVAILABLE_MEMORY: '200000000' } });
    expect([code, out.agreement]).toEqual([0, null]);
    expect(told).toContain('Not compared with fp32: that takes 0.3 GB of memory, and 0.2 GB are free.');
    expect(existsSync(path.join(out.folder, 'decoder.onnx'))).toBe(true);
  });

  it('replaces a model only by a whole one', async () => {
    await pull('fp32');
    const before = readFileSync(path.join(pulled, 'tiny-blip/fp32/altsmith-model.json'), 'utf8');
    hub.fail('pytorch_model.bin', { kind: 'wrong', after: 1_000 });
    const { code, out } = await pull('fp32');
    expect([code, out.error.code]).toEqual([1, 'MODEL_FILE_DAMAGED']);
    expect(readFileSync(path.join(pulled, 'tiny-blip/fp32/altsmith-model.json'), 'utf8')).toBe(before);
    expect(everything().filter((name) => /incomplete|draft|partial/.test(name))).toEqual([]);
  });

  it('leaves nothing of a checkpoint that is not a BLIP after all', async () => {
    const config = Buffer.from('{"model_type":"llama"}');
    writeFileSync(path.join(repo, 'config.json'), config);
    const sha256 = createHash('sha256').update(config).digest('hex');
    const files = model.source!.files.map((file) =>
      file.name === 'config.json' ? { ...file, bytes: config.length, sha256 } : file,
    );
    model = { ...model, source: { ...model.source!, files } };
    const { code, out } = await pull('int8');
    expect([code, out.error.code]).toEqual([1, 'MODEL_FILE_DAMAGED']);
    expect(out.error.message).toContain('is of the model llama, which cannot be converted');
    expect(existsSync(path.join(pulled, 'tiny-blip'))).toBe(false);
  });

  it('takes a folder that was brought along, without the network', async () => {
    const { code } = await pull('fp16', { from: [repo], env: { HF_ENDPOINT: 'http://127.0.0.1:1' } });
    expect(code).toBe(0);
    expect(existsSync(path.join(pulled, 'tiny-blip/fp16/decoder.onnx'))).toBe(true);
    expect(existsSync(path.join(repo, 'pytorch_model.bin'))).toBe(true);
  });

  it('converts the file that it verified, not another one beside it', async () => {
    writeFileSync(path.join(repo, 'model.safetensors'), 'nobody looked at this one');
    const { code, out, told } = await pull('fp32', { from: [repo] });
    expect([code, out]).toEqual([0, expect.objectContaining({ folder: path.join(pulled, 'tiny-blip/fp32') })]);
    expect(told).toContain('pytorch_model.bin: verified');
  });

  it('says of a file whose sha256 nobody knows that only its size was looked at', async () => {
    const unknown = { 'config.json': { bytes: null, sha256: null }, 'pytorch_model.bin': { sha256: null } };
    const files = model.source!.files.map((file) => ({ ...file, ...unknown[file.name as keyof typeof unknown] }));
    model = { ...model, source: { ...model.source!, files } };
    const { code, told } = await pull('fp32', { from: [repo] });
    expect(code).toBe(0);
    expect(told).toContain('vocab.txt: verified');
    expect(told).toContain('pytorch_model.bin: of the right size; its sha256 is not known');
    expect(told).toContain('config.json: not compared, nothing is known of it');
  });

  it('takes the hub’s cache, and leaves it as it is', async () => {
    const snapshot = path.join(folder, 'hf/hub/models--Salesforce--blip-image-captioning-base/snapshots', TINY_COMMIT);
    mkdirSync(snapshot, { recursive: true });
    for (const name of NAMES) writeFileSync(path.join(snapshot, name), readFileSync(path.join(repo, name)));
    const { code, told } = await pull('fp32', { env: { HF_HUB_OFFLINE: '1' } });
    expect([code, told]).toEqual([0, expect.stringContaining("pytorch_model.bin: taken from the hub's cache")]);
    expect(readdirSync(snapshot).sort()).toEqual([...NAMES].sort());
    expect(hub.seen).toEqual([]);
  });

  it.each(['fp32', 'int8'])('tries a %s model that answers questions with a question', async (precision) => {
    publish(readCases().find(({ question }) => question)!);
    const { code, out } = await pull(precision);
    expect([code, out]).toEqual([0, expect.objectContaining({ folder: path.join(pulled, 'tiny-blip', precision) })]);
  });

  it('is compared anew with the checkpoint that it came from, where that is still in the cache', async () => {
    const snapshot = path.join(folder, 'hf/hub/models--Salesforce--blip-image-captioning-base/snapshots', TINY_COMMIT);
    mkdirSync(snapshot, { recursive: true });
    for (const name of NAMES) writeFileSync(path.join(snapshot, name), readFileSync(path.join(repo, name)));
    const { out } = await pull('int8');
    const script = path.resolve(__dirname, '../../../support/models/compare-tiny.cjs');
    // The hub is not asked: its address does not matter.
    const again = await run([script, JSON.stringify(model.source), out.folder, pulled], { HF_ENDPOINT: 'nowhere' });
    expect(again.out).toEqual(out.agreement);
    expect(readdirSync(pulled).sort()).toEqual(['.downloads', 'tiny-blip']);
    // Where fp32 would be ended by the system, the sound model is not called unsound, and nothing is written.
    const short = await run([script, JSON.stringify(model.source), out.folder, pulled], {
      ALTSMITH_TEST_AVAILABLE_MEMORY: '1',
    });
    expect([short.code, short.out]).toEqual([0, null]);
    expect(short.told).toContain('Not compared with fp32: that takes 0.3 GB of memory');
    rmSync(path.join(snapshot, 'pytorch_model.bin'));
    const without = await run([script, JSON.stringify(model.source), out.folder, pulled]);
    expect([without.code, without.out]).toEqual([0, null]);
  });

  it('of a source without a commit comes from one state of the repository; what is left of others goes', async () => {
    model = { ...model, source: { ...model.source!, commit: 'main' } };
    const left = path.join(pulled, '.downloads', `${TINY_REPO.replaceAll('/', '--')}@main`);
    mkdirSync(left, { recursive: true });
    writeFileSync(path.join(left, '.not-kept'), '');
    const { code } = await pull('fp32');
    expect(code).toBe(0);
    const revisions = hub.seen.flatMap(({ url }) => /\/resolve\/([^/]+)\//.exec(url)?.slice(1) ?? []);
    expect([...new Set(revisions)]).toEqual(['main', TINY_COMMIT]);
    expect(readdirSync(path.join(pulled, '.downloads'))).toEqual([]);
  });

  it('to int4 of another model than BLIP-2 is refused before anything is fetched', async () => {
    const main = path.resolve(__dirname, '../../../../build/server/cli/main.js');
    const door = `require(${JSON.stringify(main)}).main(process.argv.slice(1)).then((code) => process.exit(code))`;
    const { code, out } = await run(['-e', door, 'models', 'pull', 'blip-large', '--precision', 'int4', '--json']);
    expect([code, out.error.code]).toEqual([1, 'BAD_REQUEST']);
    expect(hub.seen).toEqual([]);
  });

  it('says what is missing on the hub', async () => {
    rmSync(path.join(repo, 'pytorch_model.bin'));
    const { code, out } = await pull('int8');
    expect([code, out.error.code]).toEqual([1, 'HUB_REFUSED']);
    expect(out.error.message).toContain('There is no pytorch_model.bin of Salesforce/blip-image-captioning-base');
  });
});
