import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KnownModel } from '../../../models/registry';
import { writeZeroCheckpoint } from '../../support/checkpoint/zero-checkpoint';
import { FakeHub } from '../../support/fake-hub';
import { readCases } from '../../support/models/blip-cases';
import { publishTiny, publishTinyBlip2, TINY_COMMIT, TINY_REPO } from '../../support/models/tiny-model';
import { waitFor } from '../../support/wait-for';

/** Enough to compute for some seconds. */
const LARGE = {
  vision: { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 12, num_attention_heads: 16 },
};

let folder: string;
let pulled: string;
let hub: FakeHub;
let model: KnownModel;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-interrupted-'));
  pulled = path.join(folder, 'models');
  const repo = path.join(folder, 'repo');
  mkdirSync(pulled);
  model = publishTiny(repo, readCases()[0]!, 'model.safetensors');
  hub = new FakeHub([{ name: TINY_REPO, commit: TINY_COMMIT, folder: repo }]);
  await hub.start();
});
const running = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await hub.stop();
  rmSync(folder, { recursive: true });
});

interface Job {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null; out: any }>;
}

function start(script: string[]): Job {
  const env = { ...process.env, HF_ENDPOINT: hub.endpoint, HF_HOME: path.join(folder, 'hf'), HF_TOKEN: '' };
  const child = spawn(process.execPath, script, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  running.add(child);
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<Awaited<Job['ended']>>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, out: out.startsWith('{') ? JSON.parse(out) : out });
    });
  });
  return { child, ended };
}

function pull(known: KnownModel, ...from: string[]): Job {
  const script = path.resolve(__dirname, '../../support/models/pull-tiny.cjs');
  return start([script, JSON.stringify(known), 'int8', pulled, ...from]);
}

/** A pull of a checkpoint that is large, already there, and being written as graphs. */
async function pullInConversion(): Promise<Job> {
  const from = path.join(folder, 'large');
  writeZeroCheckpoint(from, LARGE);
  const files = readdirSync(from).map((name) => ({ name, bytes: null, sha256: null }));
  const job = pull({ ...model, source: { ...model.source!, files } }, from);
  await waitFor('the graphs', () => everything().some((name) => /^\.draft-tiny-blip.*vision\.data$/.test(name)));
  return job;
}

const everything = () => readdirSync(pulled, { recursive: true }).map(String);
const incomplete = () => everything().find((name) => name.endsWith('.incomplete'));

function emptied(place: string): string {
  rmSync(place, { recursive: true });
  return place;
}

describe('a pull', () => {
  it.each([
    ['in one file', 'model.safetensors', () => model],
    ['in parts', 'model-00002-of-00003.safetensors', () => publishTinyBlip2(emptied(path.join(folder, 'repo')))],
  ])(
    '%s that is under way is not begun a second time; stopped in its download, it goes on from there',
    async (...at) => {
      const [, file, publish] = at;
      model = publish();
      hub.fail(file, { kind: 'silence', after: 20_000 });
      const first = pull(model);
      await waitFor(
        'what is awaited',
        () => statSync(path.join(pulled, incomplete() ?? 'none'), { throwIfNoEntry: false })?.size === 20_000,
      );
      const second = await pull(model).ended;
      expect(second).toMatchObject({ code: 1, out: { error: { code: 'PULL_NOT_POSSIBLE' } } });
      expect(second.out.error.message).toContain(`by process ${first.child.pid}`);
      first.child.kill('SIGINT');
      expect(await first.ended).toMatchObject({ code: null, signal: 'SIGINT', out: '' });
      expect(readdirSync(pulled)).toEqual(['.downloads']);
      expect(statSync(path.join(pulled, incomplete()!)).size).toBe(20_000);
      expect(await pull(model).ended).toMatchObject({ code: 0 });
      expect(hub.seen.map(({ range }) => range)).toContain('bytes=20000-');
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('stopped by %s while it converts leaves nothing', async (signal) => {
    const { child, ended } = await pullInConversion();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: null, signal, out: '' });
    expect(readdirSync(pulled)).toEqual([]);
  });

  it('that was killed leaves a draft, which the next pull of any model removes', async () => {
    const { child, ended } = await pullInConversion();
    child.kill('SIGKILL');
    await ended;
    expect(readdirSync(pulled)).not.toEqual([]);
    const other = await pull({ ...model, id: 'another' }, path.join(folder, 'nowhere')).ended;
    expect(other.out.error.code).toBe('MODEL_FILE_MISSING');
    expect(readdirSync(pulled)).toEqual([]);
  });
});

it('a conversion that is stopped leaves the model that was there, and no draft', async () => {
  const source = path.join(folder, 'large');
  const target = path.join(folder, 'out', 'model');
  mkdirSync(target, { recursive: true });
  await start(cli('models', 'convert', path.join(folder, 'repo'), '--out', target)).ended;
  const before = readFileSync(path.join(target, 'altsmith-model.json'), 'utf8');
  writeZeroCheckpoint(source, LARGE);
  const { child, ended } = start(cli('models', 'convert', source, '--out', target));
  const parent = path.dirname(target);
  await waitFor('the graphs', () =>
    readdirSync(parent, { recursive: true }).some((name) => /partial.*vision\.data/.test(String(name))),
  );
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(readdirSync(parent)).toEqual(['model']);
  expect(readFileSync(path.join(target, 'altsmith-model.json'), 'utf8')).toBe(before);
  expect(existsSync(path.join(target, 'decoder.data'))).toBe(true);
});

function cli(...args: string[]): string[] {
  const door = `process.env.ALTSMITH_DATA_DIR = ${JSON.stringify(path.join(folder, 'data'))};
    require(${JSON.stringify(path.resolve(__dirname, '../../../build/server/cli/main.js'))})
      .main(process.argv.slice(1)).then((code) => { process.exitCode = code; })`;
  return ['-e', door, ...args];
}
