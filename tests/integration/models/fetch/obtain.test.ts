import { createHash } from 'node:crypto';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  bytesToDownload,
  checkCheckpoint,
  findCheckpoint,
  obtainCheckpoint,
  type ObtainOptions,
} from '../../../../models/fetch/obtain';
import { pinSource } from '../../../../models/fetch/revision';
import type { Source } from '../../../../models/registry';
import { FakeHub, type HubRepo } from '../../../support/fake-hub';

const COMMIT = 'c'.repeat(40);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let repos: HubRepo[];
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
  repos = [{ name: 'Org/name', commit: COMMIT, folder: repo }];
  hub = new FakeHub(repos);
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
  const cached = path.join(cache, 'models--Org--name');
  const snapshot = path.join(cached, 'snapshots', COMMIT);
  mkdirSync(path.join(cached, 'refs'), { recursive: true });
  writeFileSync(path.join(cached, 'refs/main'), COMMIT);
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

describe('a source that names no commit', () => {
  const LATER = 'd'.repeat(40);
  const tools = { wait: () => Promise.resolve() };
  let branch: Source;

  beforeEach(() => {
    const files = source.files.map(({ name }) => ({ name, bytes: null, sha256: null }));
    branch = { ...source, commit: 'main', files };
  });

  /** The repository moves on: other contents under the same names. */
  function publishLater(): void {
    const later = path.join(folder, 'later');
    cpSync(repo, later, { recursive: true });
    writeFileSync(path.join(later, 'config.json'), '{"later": true}');
    writeFileSync(path.join(later, 'model.safetensors'), Buffer.alloc(31_000, 6));
    repos.push({ name: 'Org/name', commit: LATER, folder: later });
  }

  it('gets the commit that the hub has now, however it redirects', async () => {
    hub.viaResolveCache = true;
    expect(await pinSource(branch, options.hub, tools)).toEqual({ ...branch, commit: COMMIT });
    publishLater();
    expect((await pinSource(branch, options.hub, tools)).commit).toBe(LATER);
  });

  it('never mixes the files of two states, when the repository moves on between two halves of a pull', async () => {
    const first = await obtainCheckpoint(await pinSource(branch, options.hub, tools), options);
    rmSync(path.join(first, 'model.safetensors'));
    publishLater();
    const second = await obtainCheckpoint(await pinSource(branch, options.hub, tools), options);
    expect(readFileSync(path.join(second, 'config.json'), 'utf8')).toBe('{"later": true}');
    expect(readFileSync(path.join(second, 'model.safetensors')).length).toBe(31_000);
    expect(second).not.toBe(first);
  });

  it('comes from the hub’s cache where that has the same state', async () => {
    fillCache(Buffer.alloc(30_000, 5));
    await obtainCheckpoint(await pinSource(branch, options.hub, tools), options);
    expect(told).toEqual(['config.json from cache', 'model.safetensors from cache']);
  });

  it.each([
    { name: 'HF_HUB_OFFLINE is set', offline: true },
    { name: 'the hub is away', offline: false },
  ])('comes from the cache where $name', async ({ offline }) => {
    fillCache(Buffer.alloc(30_000, 5));
    await hub.stop();
    const pinned = await pinSource(branch, { ...options.hub, offline }, tools);
    expect(pinned.commit).toBe(COMMIT);
    await obtainCheckpoint(pinned, options);
    expect(told).toEqual(['config.json from cache', 'model.safetensors from cache']);
  });

  it('is found by later commands where it was downloaded, and where it lies in the cache', async () => {
    const places = { downloads: options.downloads, cache };
    expect(findCheckpoint(branch, places)).toBeNull();
    const pulled = await obtainCheckpoint(await pinSource(branch, options.hub, tools), options);
    expect(findCheckpoint(branch, places)).toBe(pulled);
    rmSync(pulled, { recursive: true });
    fillCache(Buffer.alloc(30_000, 5));
    expect(findCheckpoint(branch, places)).toContain(path.join('snapshots', COMMIT));
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
