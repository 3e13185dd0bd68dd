import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadUnchanged } from '../../../../models/model-folder/load-unchanged';
import type { Manifest } from '../../../../models/model-folder/manifest';

const MANIFEST = 'altsmith-model.json';
const OF_MINI = path.resolve(__dirname, '../../../../models/mini', MANIFEST);

let scratch: string;
let live: string;
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-replaced-'));
  live = path.join(scratch, 'live');
  mkdirSync(live);
  copyFileSync(OF_MINI, path.join(live, MANIFEST));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** Puts a model of another name in the place of the one that is there, as a conversion does. */
function replace(id: string): void {
  const next = path.join(scratch, id);
  cpSync(live, next, { recursive: true });
  const manifest = path.join(next, MANIFEST);
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"id": "[^"]*"/, `"id": "${id}"`));
  renameSync(live, path.join(scratch, `before-${id}`));
  renameSync(next, live);
}

describe('a model that is replaced while it is loaded', () => {
  const closed: string[] = [];
  const modelOf = ({ id }: Manifest) => ({ id, close: () => Promise.resolve(void closed.push(id)) });
  beforeEach(() => closed.splice(0));

  it('is closed, and the new one is loaded: its files are opened one after the other, and would be mixed', async () => {
    const load = (manifest: Manifest) => {
      if (manifest.id === 'mini') replace('better');
      return Promise.resolve(modelOf(manifest));
    };
    expect((await loadUnchanged(live, load)).id).toBe('better');
    expect(closed).toEqual(['mini']);
  });

  it('is no damaged model where the files of both do not fit', async () => {
    const load = (manifest: Manifest) => {
      if (manifest.id !== 'mini') return Promise.resolve(modelOf(manifest));
      replace('better');
      return Promise.reject(new Error('the weights do not fit the graph'));
    };
    expect((await loadUnchanged(live, load)).id).toBe('better');
  });

  it('is given up where that never ends', async () => {
    let count = 0;
    const load = (manifest: Manifest) => {
      replace(`model-${++count}`);
      return Promise.resolve(modelOf(manifest));
    };
    await expect(loadUnchanged(live, load)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(closed).toHaveLength(count);
  });
});

it('a model that cannot be loaded and is not replaced is tried once', async () => {
  let tries = 0;
  const load = () => {
    tries += 1;
    return Promise.reject(new Error('broken'));
  };
  await expect(loadUnchanged(live, load)).rejects.toThrow('broken');
  expect(tries).toBe(1);
});
