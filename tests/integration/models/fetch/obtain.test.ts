import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  bytesToDownload,
  checkCheckpoint,
  obtainCheckpoint,
  type ObtainOptions,
} from '../../../../models/fetch/obtain';
import type { Source } from '../../../../models/registry';
import { FakeHub } from '../../../support/fake-hub';

const COMMIT = 'c'.repeat(40);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let hub: FakeHub;
let source: Source;
let told: string[];
let options: ObtainOptions;
let repo: string;
let cache: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-obtain-'));
  repo = path.join(folder, 'repo');
  mkdirSync(repo);
  const weights = Buffer.alloc(30_000, 5);
  writeFileSync(path.join(repo, 'config.json'), '{}');
  writeFileSync(path.join(repo, 'model.safetensors'), weights);
  source = {
    repo: 'Org/name',
    commit: COMMIT,
    files: [
      { name: 'config.json', bytes: null, sha256: null },
      { name: 'model.safetensors', bytes: 30_000, sha256: sha256(weights) },
    ],
  };
  hub = new FakeHub([{ name: 'Org/name', commit: COMMIT, folder: repo }]);
  await hub.start();
  told = [];
  cache = path.join(folder, 'cache');
  options = {
    hub: { endpoint: hub.endpoint, token: null, offline: false, cache },
    downloads: path.join(folder, 'downloads'),
    progress: () => undefined,
    wait: () => Promise.resolve(),
    report: (file, from) => {
      if (from !== null) told.push(`${file} from ${from}`);
    },
  };
});
afterEach(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true });
});

function fillCache(content: Buffer): void {
  const snapshot = path.join(cache, 'models--Org--name/snapshots', COMMIT);
  mkdirSync(snapshot, { recursive: true });
  writeFileSync(path.join(snapshot, 'model.safetensors'), content);
  writeFileSync(path.join(snapshot, 'config.json'), '{}');
}

describe('a published checkpoint', () => {
  it('comes from the hub, and the second time from what the first time brought', async () => {
    const first = await obtainCheckpoint(source, options);
    expect(readFileSync(path.join(first, 'model.safetensors')).length).toBe(30_000);
    expect(told).toEqual(['config.json from hub', 'model.safetensors from hub']);
    const requests = hub.seen.length;
    await obtainCheckpoint(source, options);
    expect(told.slice(2)).toEqual(['config.json from earlier', 'model.safetensors from earlier']);
    expect(hub.seen.length).toBe(requests);
  });

  it('comes from the hub’s own cache when it is there, without a request and without a copy', async () => {
    fillCache(Buffer.alloc(30_000, 5));
    const found = await obtainCheckpoint(source, options);
    expect(told).toEqual(['config.json from cache', 'model.safetensors from cache']);
    expect(lstatSync(path.join(found, 'model.safetensors')).isSymbolicLink()).toBe(true);
    expect(hub.seen).toEqual([]);
  });

  it('comes from the hub where the cache holds another file of that name', async () => {
    fillCache(Buffer.alloc(30_000, 6));
    await obtainCheckpoint(source, options);
    expect(told).toContain('model.safetensors from hub');
  });

  it('is not asked for over the network when HF_HUB_OFFLINE is set', async () => {
    const offline = { ...options, hub: { ...options.hub, offline: true } };
    await expect(obtainCheckpoint(source, offline)).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      message: expect.stringContaining('HF_HUB_OFFLINE'),
    });
    expect(hub.seen).toEqual([]);
  });
});

describe('what must still be downloaded', () => {
  const bytes = () => bytesToDownload(source, { downloads: options.downloads, cache });

  it('is everything at first, and nothing once it is here', async () => {
    expect(bytes()).toBe(30_000);
    await obtainCheckpoint(source, options);
    expect(bytes()).toBe(0);
  });

  it('is nothing of what the hub’s cache holds, unless it is another file', () => {
    fillCache(Buffer.alloc(29_000, 5));
    expect(bytes()).toBe(30_000);
    fillCache(Buffer.alloc(30_000, 5));
    expect(bytes()).toBe(0);
  });

  it('is the rest of a file that came in part', async () => {
    const folder = await obtainCheckpoint(source, options);
    rmSync(path.join(folder, 'model.safetensors'));
    writeFileSync(path.join(folder, 'model.safetensors.incomplete'), Buffer.alloc(12_000));
    expect(bytes()).toBe(18_000);
  });
});

describe('a folder that somebody brought along', () => {
  it('is accepted when it holds the published files', async () => {
    await expect(checkCheckpoint(source, repo, options.report)).resolves.toBeUndefined();
  });

  it('is refused when a file is missing', async () => {
    rmSync(path.join(repo, 'config.json'));
    await expect(checkCheckpoint(source, repo, options.report)).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
  });

  it.each([
    ['is cut', Buffer.alloc(29_999, 5), 'has 29999 bytes where 30000 are due'],
    ['has changed', Buffer.alloc(30_000, 4), 'its sha256 differs'],
  ])('is refused when a file %s', async (_, content, message) => {
    writeFileSync(path.join(repo, 'model.safetensors'), content);
    await expect(checkCheckpoint(source, repo, options.report)).rejects.toMatchObject({
      code: 'MODEL_FILE_DAMAGED',
      message: expect.stringContaining(message),
    });
  });
});
