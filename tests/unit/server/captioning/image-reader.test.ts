import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageReader } from '../../../../server/captioning/image-reader';

const FACTS = { width: 2, height: 1, format: 'png', hasAlpha: false, contrast: 1, flatness: 1 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-reader-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** A reader that notes which files were decoded; one that says "broken" cannot be. */
function noting() {
  const decoded: string[] = [];
  const reader = new ImageReader((bytes) => {
    const text = bytes.toString();
    decoded.push(text);
    if (text === 'broken') return Promise.reject(new Error('broken'));
    return Promise.resolve({ picture: { data: new Uint8Array(6), width: 2, height: 1 }, facts: FACTS });
  });
  return { reader, decoded };
}

describe('the reader of image files', () => {
  it('decodes a file once for its facts and its pixels', async () => {
    const { reader, decoded } = noting();
    const image = await reader.open(write('a', 'one'));
    expect(await image.facts()).toEqual(FACTS);
    expect((await image.pixels()).width).toBe(2);
    expect(decoded).toEqual(['one']);
  });

  it('knows a file again by its bytes, whatever its name, without decoding it', async () => {
    const { reader, decoded } = noting();
    const first = await reader.open(write('a', 'one'));
    await first.facts();
    const again = await reader.open(write('b', 'one'));
    expect(again.key).toBe(first.key);
    expect(await again.facts()).toEqual(FACTS);
    expect(decoded).toEqual(['one']);
  });

  it('tells a file that was changed under its name from what it was', async () => {
    const { reader, decoded } = noting();
    const first = await reader.open(write('a', 'one'));
    await first.facts();
    const changed = await reader.open(write('a', 'two'));
    expect(changed.key).not.toBe(first.key);
    await changed.facts();
    expect(decoded).toEqual(['one', 'two']);
  });

  it('decodes a known file again when the model needs its pixels', async () => {
    const { reader, decoded } = noting();
    const file = write('a', 'one');
    await (await reader.open(file)).facts();
    await (await reader.open(file)).pixels();
    expect(decoded).toEqual(['one', 'one']);
  });

  it('forgets the file that was opened longest ago', async () => {
    const { reader, decoded } = noting();
    const open = async (index: number) => (await reader.open(write('a', `${index}`))).facts();
    for (let index = 0; index < 56; index++) await open(index);
    await open(0);
    await open(56);
    await open(0);
    await open(1);
    expect(decoded.slice(56)).toEqual(['56', '1']);
  });

  it('remembers nothing of a file that could not be decoded', async () => {
    const { reader, decoded } = noting();
    const file = write('a', 'broken');
    for (let turn = 0; turn < 2; turn++) await expect((await reader.open(file)).facts()).rejects.toThrow('broken');
    expect(decoded).toEqual(['broken', 'broken']);
  });

  it('a file that no buffer takes is too large, not out of reach', async () => {
    const file = write('huge', '');
    truncateSync(file, 3e9);
    await expect(noting().reader.open(file)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });
});
