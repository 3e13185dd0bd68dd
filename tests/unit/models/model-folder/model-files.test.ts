import { createHash } from 'node:crypto';
import fs, { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseManifest, type Manifest } from '../../../../models/model-folder/manifest';
import { checkModelFiles, checkTouchedFiles } from '../../../../models/model-folder/model-files';

const MINI = path.resolve(__dirname, '../../../../models/mini/altsmith-model.json');

let folder: string;
let manifest: Manifest;
let large: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-files-'));
  const shipped = parseManifest(readFileSync(MINI, 'utf8'), MINI);
  const files = shipped.files.map(({ name }) => {
    const content = Buffer.alloc(name === 'vision.data' ? 20e6 : 10, name);
    writeFileSync(path.join(folder, name), content);
    return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  manifest = { ...shipped, files };
  large = path.join(folder, 'vision.data');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Which files a check reads. */
async function readBy(check: typeof checkModelFiles): Promise<string[]> {
  const read = jest.spyOn(fs.promises, 'open');
  await check(folder, manifest);
  const names = read.mock.calls.map(([file]) => path.basename(String(file)));
  read.mockRestore();
  return names;
}

it('a large file that was found right is not read again until it is touched', async () => {
  expect(await readBy(checkTouchedFiles)).toContain('vision.data');
  expect(await readBy(checkTouchedFiles)).not.toContain('vision.data');
  writeFileSync(large, readFileSync(large));
  expect(await readBy(checkTouchedFiles)).toContain('vision.data');
});

it('damage is found although the size stays and the time of modification is set back', async () => {
  await checkTouchedFiles(folder, manifest);
  const { atime, mtime } = fs.statSync(large);
  const content = readFileSync(large);
  content[1_000] = (content[1_000] ?? 0) ^ 1;
  writeFileSync(large, content);
  fs.utimesSync(large, atime, mtime);
  await expect(checkTouchedFiles(folder, manifest)).rejects.toThrow('vision.data has changed since it was made');
});

it('a file that changes while it is read is not taken for known', async () => {
  const open = fs.promises.open;
  jest.spyOn(fs.promises, 'open').mockImplementation(async (file, ...rest) => {
    const handle = await open(file, ...rest);
    if (file === large) fs.utimesSync(large, 1, 1);
    return handle;
  });
  await checkTouchedFiles(folder, manifest);
  jest.restoreAllMocks();
  expect(await readBy(checkTouchedFiles)).toContain('vision.data');
});

it('a full check reads everything, and leaves no note', async () => {
  expect(await readBy(checkModelFiles)).toHaveLength(manifest.files.length);
  expect(existsSync(path.join(folder, 'checked.json'))).toBe(false);
});

it('weights that a graph reads, but the manifest does not list, are refused', async () => {
  manifest = { ...manifest, files: manifest.files.filter(({ name }) => name !== 'decoder.data') };
  await expect(checkTouchedFiles(folder, manifest)).rejects.toThrow(/uses decoder\.data, but does not list it/);
});

it('a note that is cut, or of another file, is as good as none', async () => {
  await checkTouchedFiles(folder, manifest);
  writeFileSync(path.join(folder, 'checked.json'), '{"vision.data":');
  expect(await readBy(checkTouchedFiles)).toContain('vision.data');
  const other = { ...manifest, files: manifest.files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) };
  await expect(checkTouchedFiles(folder, other)).rejects.toThrow('has changed since it was made');
});
