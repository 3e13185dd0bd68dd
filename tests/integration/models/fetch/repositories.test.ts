import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KnownModel } from '../../../../models/registry';
import { FakeHub } from '../../../support/fake-hub';
import { readCases } from '../../../support/models/blip-cases';
import {
  publishTiny,
  publishTinyBlip2,
  publishTinyFlorence,
  TINY_COMMIT,
  TINY_REPO,
} from '../../../support/models/tiny-model';
import { waitFor } from '../../../support/wait-for';

const PICTURE = path.resolve(__dirname, '../../../fixtures/images/cat.jpg');

/** A repository of each architecture, and a later state of it; `large`: its file, or one of its parts, that is cut. */
const REPOSITORIES = [
  {
    name: 'BLIP, one file',
    large: 'pytorch_model.bin',
    publish: (folder: string, isLater: boolean) =>
      publishTiny(folder, readCases()[isLater ? 1 : 0]!, 'pytorch_model.bin'),
  },
  {
    name: 'Florence-2, Microsoft’s layout',
    large: 'pytorch_model.bin',
    publish: (folder: string, isLater: boolean) => publishTinyFlorence(folder, isLater ? 9 : 8),
  },
  {
    name: 'BLIP-2, in parts',
    large: 'model-00002-of-00003.safetensors',
    publish: (folder: string, isLater: boolean) => publishTinyBlip2(folder, isLater ? 7 : 6),
  },
];

let scratch: string;
let pulled: string;
let repo: string;
let hub: FakeHub;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-repositories-'));
  pulled = path.join(scratch, 'models');
  repo = path.join(scratch, 'repo');
  mkdirSync(pulled);
  hub = new FakeHub([{ name: TINY_REPO, commit: TINY_COMMIT, folder: repo }]);
  hub.viaResolveCache = true;
  await hub.start();
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await hub.stop();
  rmSync(scratch, { recursive: true });
});

interface Job {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string }>;
}

function start(words: string[]): Job {
  const env = {
    ...process.env,
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: path.join(scratch, 'hf'),
    HF_TOKEN: '',
    // Too little for the comparison with float32, which other tests have.
    ALTSMITH_TEST_AVAILABLE_MEMORY: '1',
    ALTSMITH_DATA_DIR: path.join(scratch, 'data'),
  };
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  running.add(child);
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<{ code: number | null; out: string }>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, out });
    });
  });
  return { child, ended };
}

function pull(model: KnownModel): Job {
  return start([
    path.resolve(__dirname, '../../../support/models/pull-tiny.cjs'),
    JSON.stringify(model),
    'int8',
    pulled,
  ]);
}

function altsmith(...words: string[]): Job {
  const main = path.resolve(__dirname, '../../../../build/server/cli/main.js');
  const door = `require(${JSON.stringify(main)}).main(process.argv.slice(1)).then((code) => { process.exitCode = code; })`;
  return start(['-e', door, ...words]);
}

/** What the model of a folder says of the picture: its tokens, which also those have that write no words. */
async function tokensOf(folder: string): Promise<unknown> {
  const { code, out } = await altsmith('caption', PICTURE, '--model', folder, '--max-length', '12', '--json').ended;
  const said = JSON.parse(out) as { tokens?: number[]; error?: unknown };
  expect(code).toBe(said.error === undefined ? 0 : 1);
  return said.tokens ?? said.error;
}

const incomplete = () =>
  readdirSync(pulled, { recursive: true })
    .map(String)
    .find((name) => name.endsWith('.incomplete'));

/** Pulls, and is stopped after 20 kB of the large file. */
async function pullStopped(model: KnownModel, large: string): Promise<void> {
  hub.fail(large, { kind: 'silence', after: 20_000 });
  const { child, ended } = pull(model);
  await waitFor(
    'a part of the file',
    () => statSync(path.join(pulled, incomplete() ?? 'none'), { throwIfNoEntry: false })?.size === 20_000,
  );
  child.kill('SIGKILL');
  await ended;
}

it.each(REPOSITORIES)(
  '$name: pulled over redirects, stopped, gone on with, verified, and replaced by its next state in one act',
  async ({ large, publish }) => {
    const model = publish(repo, false);
    await pullStopped(model, large);
    expect(existsSync(path.join(pulled, model.id))).toBe(false);
    const first = await pull(model).ended;
    expect(first.code).toBe(0);
    expect(hub.seen.map(({ range }) => range)).toContain('bytes=20000-');
    const folder = path.join(pulled, model.id, 'int8');
    const manifest = () => readFileSync(path.join(folder, 'altsmith-model.json'), 'utf8');
    const before = { manifest: manifest(), said: await tokensOf(folder) };

    const verified = await altsmith('models', 'verify', folder, '--json').ended;
    expect([verified.code, JSON.parse(verified.out)]).toEqual([0, expect.objectContaining({ id: model.id })]);

    rmSync(repo, { recursive: true });
    mkdirSync(repo);
    const later = publish(repo, true);
    await pullStopped(later, large);
    expect([manifest(), await tokensOf(folder)]).toEqual([before.manifest, before.said]);
    expect((await pull(later).ended).code).toBe(0);
    expect(manifest()).not.toBe(before.manifest);
    expect(await tokensOf(folder)).not.toEqual(before.said);
    expect(readdirSync(path.join(pulled, model.id))).toEqual(['int8']);
  },
  240_000,
);
