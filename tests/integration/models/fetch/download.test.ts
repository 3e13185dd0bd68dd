import { createHash } from 'node:crypto';
import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadFile, type DownloadTools, type Wanted } from '../../../../models/fetch/download';
import { FakeHub } from '../../../support/fake-hub';

const REPO = 'Salesforce/blip-image-captioning-base';
const COMMIT = '82a37760796d32b1411fe092ab5d4e227313294b';
const BYTES = 400_000;

let folder: string;
let hub: FakeHub;
let content: Buffer;
let waits: number[];
let tools: DownloadTools;
let target: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-download-'));
  const repo = path.join(folder, 'repo');
  mkdirSync(repo);
  content = Buffer.from(Array.from({ length: BYTES }, (_, index) => (index * 2_654_435_761) >>> 24));
  writeFileSync(path.join(repo, 'pytorch_model.bin'), content);
  writeFileSync(path.join(repo, 'config.json'), '{"model_type":"blip"}');
  hub = new FakeHub([{ name: REPO, commit: COMMIT, folder: repo }]);
  await hub.start();
  waits = [];
  target = path.join(folder, 'weights.bin');
  tools = {
    hub: { endpoint: hub.endpoint, token: null, offline: false, cache: path.join(folder, 'cache') },
    progress: () => undefined,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    stallMs: 200,
  };
});
afterEach(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const wanted = (changes: Partial<Wanted> = {}): Wanted => ({
  repo: REPO,
  commit: COMMIT,
  name: 'pytorch_model.bin',
  bytes: BYTES,
  sha256: sha256(content),
  ...changes,
});
const leftovers = () => readdirSync(folder).filter((name) => name.startsWith('weights'));
const ranges = () => hub.seen.filter(({ server }) => server === 'cdn').map(({ range }) => range);

describe('a download from the hub', () => {
  it('brings the file, follows the redirect and tells its progress', async () => {
    const told: number[] = [];
    const fetched = await downloadFile(wanted(), target, { ...tools, progress: (done) => told.push(done) });
    expect(fetched).toEqual({ bytes: BYTES, sha256: sha256(content) });
    expect(readFileSync(target).equals(content)).toBe(true);
    expect(told.at(-1)).toBe(BYTES);
    expect(leftovers()).toEqual(['weights.bin']);
  });

  it('brings a small file, whose only known hash is git’s', async () => {
    await downloadFile(wanted({ name: 'config.json', bytes: null, sha256: null }), target, tools);
    expect(readFileSync(target, 'utf8')).toBe('{"model_type":"blip"}');
  });

  it('goes on where the connection was cut, as often as it is cut', async () => {
    hub.fail('pytorch_model.bin', { kind: 'cut', after: 100_000 }, { kind: 'cut', after: 50_000 });
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
    expect(ranges()[0]).toBeNull();
    expect(ranges().slice(1)).toEqual([expect.stringMatching(/^bytes=\d+-$/), expect.stringMatching(/^bytes=\d+-$/)]);
  });

  it('asks for a new address when the signed one expires in the middle', async () => {
    hub.fail('pytorch_model.bin', { kind: 'expire', after: 120_000 });
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
    const addresses = hub.seen.filter(({ server }) => server === 'cdn').map(({ url }) => url);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('goes on in another process from what the first one left', async () => {
    writeFileSync(`${target}.incomplete`, content.subarray(0, 300_000));
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
    expect(ranges()).toEqual(['bytes=300000-']);
  });

  it('only checks what is already whole', async () => {
    writeFileSync(`${target}.incomplete`, content);
    await downloadFile(wanted(), target, tools);
    expect(ranges()).toEqual([]);
    expect(existsSync(target)).toBe(true);
  });

  it('begins again where the server cannot go on', async () => {
    writeFileSync(`${target}.incomplete`, content.subarray(0, 300_000));
    hub.fail('pytorch_model.bin', { kind: 'no-range' });
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it('gives up on a silent connection and goes on over another', async () => {
    hub.fail('pytorch_model.bin', { kind: 'silence', after: 70_000 });
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it('waits as long as the hub asks for', async () => {
    hub.fail('pytorch_model.bin', { kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    await downloadFile(wanted(), target, tools);
    expect(waits).toEqual([7_000]);
  });

  it('throws wrong bytes away and says so', async () => {
    hub.fail('pytorch_model.bin', { kind: 'wrong', after: 1_000 });
    await expect(downloadFile(wanted(), target, tools)).rejects.toMatchObject({
      code: 'MODEL_FILE_DAMAGED',
      message: expect.stringContaining('its sha256 differs'),
    });
    expect(leftovers()).toEqual([]);
  });

  it('throws away what an earlier, damaged try left, and says so', async () => {
    writeFileSync(`${target}.incomplete`, Buffer.alloc(1_000, 9));
    await expect(downloadFile(wanted(), target, tools)).rejects.toMatchObject({ code: 'MODEL_FILE_DAMAGED' });
    expect(leftovers()).toEqual([]);
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it('refuses before the first byte when the hub offers another file than the known one', async () => {
    await expect(downloadFile(wanted({ sha256: sha256(Buffer.from('x')) }), target, tools)).rejects.toMatchObject({
      code: 'HUB_REFUSED',
      message: expect.stringContaining('nothing was downloaded'),
    });
    await expect(downloadFile(wanted({ bytes: 12 }), target, tools)).rejects.toMatchObject({ code: 'HUB_REFUSED' });
    expect(ranges()).toEqual([]);
  });

  it.each([
    ['a file that is not there', { name: 'model.safetensors' }, 'There is no model.safetensors'],
    ['a commit that is not there', { commit: 'f'.repeat(40) }, 'RevisionNotFound'],
    ['a repository that is not there', { repo: 'nobody/nothing' }, 'There is no pytorch_model.bin of nobody/nothing'],
  ])('is refused at once: %s', async (_, changes, message) => {
    await expect(downloadFile(wanted(changes), target, tools)).rejects.toMatchObject({
      code: 'HUB_REFUSED',
      message: expect.stringContaining(message),
    });
    expect(waits).toEqual([]);
  });

  it('sends the token to the hub, and never to where it redirects', async () => {
    hub.token = 'secret';
    await downloadFile(wanted(), target, { ...tools, hub: { ...tools.hub, token: 'secret' } });
    const sent = hub.seen.map(({ server, authorization }) => [server, authorization]);
    expect(sent).toContainEqual(['hub', 'Bearer secret']);
    expect(sent.filter(([server, key]) => server === 'cdn' && key !== null)).toEqual([]);
  });

  it('says what to do about a repository that wants a token', async () => {
    hub.token = 'secret';
    await expect(downloadFile(wanted(), target, tools)).rejects.toMatchObject({
      code: 'HUB_REFUSED',
      message: expect.stringContaining('HF_TOKEN'),
    });
  });

  it('keeps what it has when the hub is gone for good, and says how to go on', async () => {
    hub.fail('pytorch_model.bin', { kind: 'cut', after: 90_000 }, ...Array(7).fill({ kind: 'cut', after: 0 }));
    await expect(downloadFile(wanted(), target, tools)).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      message: expect.stringContaining('What came so far is kept'),
    });
    expect(leftovers()).toEqual(['weights.bin.incomplete']);
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it('keeps what came when the disk becomes full, and goes on from there when there is room', async () => {
    const real = fs.writeSync;
    let left = 100_000;
    const write = jest.spyOn(fs, 'writeSync').mockImplementation((...args: any[]) => {
      if (left <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const written = (real as any)(...args);
      left -= written;
      return written;
    });
    await expect(downloadFile(wanted(), target, tools)).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      message: expect.stringContaining('What came so far is kept'),
    });
    write.mockRestore();
    expect(leftovers()).toEqual(['weights.bin.incomplete']);
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
    expect(ranges().at(-1)).toMatch(/^bytes=[1-9]/);
  });

  it('goes by way of the hub’s cache of answers, whose ETag is not the file’s', async () => {
    hub.viaResolveCache = true;
    await downloadFile(wanted(), target, tools);
    expect(readFileSync(target).equals(content)).toBe(true);
    const small = path.join(folder, 'weights.json');
    await downloadFile(wanted({ name: 'config.json', bytes: null, sha256: null }), small, tools);
    expect(readFileSync(small, 'utf8')).toBe('{"model_type":"blip"}');
  });

  it('follows a hub that has moved to another origin, and tells that one no token', async () => {
    const moved = new FakeHub([{ name: REPO, commit: COMMIT, folder: path.join(folder, 'repo') }]);
    await moved.start();
    try {
      hub.movedTo = moved.endpoint;
      await downloadFile(wanted(), target, { ...tools, hub: { ...tools.hub, token: 'secret' } });
      expect(readFileSync(target).equals(content)).toBe(true);
      expect(moved.seen.map(({ authorization }) => authorization)).toEqual(moved.seen.map(() => null));
    } finally {
      await moved.stop();
    }
  });

  it('waits until the window of a rate limit ends', async () => {
    hub.fail('pytorch_model.bin', { kind: 'status', status: 429, headers: { ratelimit: '"api";r=0;t=121' } });
    await downloadFile(wanted(), target, tools);
    expect(waits).toEqual([121_000]);
  });

  it('names the file of a token that is not accepted', async () => {
    hub.token = 'new';
    const stale = { ...tools.hub, token: 'old', tokenFrom: '/cache/huggingface/token' };
    await expect(downloadFile(wanted(), target, { ...tools, hub: stale })).rejects.toMatchObject({
      message: expect.stringContaining('the token in /cache/huggingface/token is not accepted'),
    });
  });

  it('says that nobody answers when nobody answers', async () => {
    const away = { ...tools, hub: { ...tools.hub, endpoint: 'http://127.0.0.1:1' } };
    await expect(downloadFile(wanted(), target, away)).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    // Each wait is longer than the one before.
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
  });
});
