import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertBlip } from '../../../../models/architectures/blip/convert';
import { convertMini } from '../../../../models/architectures/mini/convert';
import { restoreReplaced, takePlace } from '../../../../models/model-folder/write';
import { ownedEntries, ownedName } from '../../../../models/owned-name';
import { readCases, readWords, weightsOf, writeConfig, writeWeights } from '../../../support/models/blip-cases';

const BLIP = readCases()[0]!;
const MANIFEST = 'altsmith-model.json';

let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-target-'));
  source = path.join(folder, 'checkpoint');
  writeConfig(source, BLIP, readWords());
  writeWeights(source, 'model.safetensors', weightsOf(BLIP));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const at = (name: string) => path.join(folder, name);
const convert = (target: string) => convertBlip({ source, target, precision: 'fp32' });
const everything = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();

/** The end of a name that a process gave which is gone. */
function orphaned(stem: string): string {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  return path.basename(ownedName(stem)).replace(/-\d+\./, `-${pid}.`);
}

describe('a model is not written over what is no model:', () => {
  it.each<[string, string, () => void]>([
    ['a folder with other files', 'work', () => writeFileSync(path.join(at('work'), 'thesis.txt'), 'years')],
    ['the checkpoint itself', 'checkpoint', () => undefined],
    ['the checkpoint under another name', 'link', () => symlinkSync(source, at('link'))],
    ['a checkpoint that was made a model before', 'checkpoint', () => writeFileSync(path.join(source, MANIFEST), '{}')],
    ['a model that holds the checkpoint', '.', () => writeFileSync(at(MANIFEST), '{}')],
    ['a file', 'file.txt', () => writeFileSync(at('file.txt'), 'mine')],
    ['a link to nowhere', 'nowhere', () => symlinkSync(at('missing'), at('nowhere'))],
  ])('%s', async (_, name, prepare) => {
    mkdirSync(at('work'));
    prepare();
    const before = everything();
    await expect(convert(at(name))).rejects.toMatchObject({
      code: 'FOLDER_TAKEN',
      message: expect.stringContaining(at(name)),
    });
    expect(everything()).toEqual(before);
  });

  it('nor does mini look at a checkpoint that would lie under it', async () => {
    const files = { checkpoint: path.join(source, 'model.safetensors'), vocabulary: path.join(source, 'vocab.txt') };
    await expect(convertMini(files, source, 'fp32')).rejects.toMatchObject({ code: 'FOLDER_TAKEN' });
    expect(existsSync(files.checkpoint)).toBe(true);
  });
});

describe('a model is written', () => {
  it.each<[string, () => void]>([
    ['where nothing is yet', () => undefined],
    ['into an empty folder', () => mkdirSync(at('model'), { recursive: true })],
    [
      'in the place of another model',
      () => {
        mkdirSync(at('model'));
        writeFileSync(path.join(at('model'), MANIFEST), '{}');
        writeFileSync(path.join(at('model'), 'left.onnx'), '');
      },
    ],
  ])('%s', async (_, prepare) => {
    prepare();
    await convert(at('model'));
    expect(JSON.parse(readFileSync(path.join(at('model'), MANIFEST), 'utf8')).id).toBe('checkpoint');
    expect(existsSync(path.join(at('model'), 'left.onnx'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'model']);
  });

  it('beside folders that happen to be called like a draft, which stay', async () => {
    for (const name of ['model.old', 'model.partial']) {
      mkdirSync(at(name));
      writeFileSync(path.join(at(name), 'mine.txt'), name);
    }
    await convert(at('model'));
    expect(readFileSync(at('model.old/mine.txt'), 'utf8')).toBe('model.old');
    expect(readFileSync(at('model.partial/mine.txt'), 'utf8')).toBe('model.partial');
  });
});

describe('what a killed conversion left', () => {
  it('is cleared away by the next one, but not what a living process works on', async () => {
    const [gone, inUse] = [at(orphaned('model.partial')), ownedName(at('model.partial'))];
    mkdirSync(gone);
    mkdirSync(inUse);
    expect(
      ownedEntries(folder)
        .map(({ isInUse }) => isInUse)
        .sort(),
    ).toEqual([false, true]);
    await convert(at('model'));
    expect([existsSync(gone), existsSync(inUse)]).toEqual([false, true]);
  });

  it('gives back the old model when it was cut between the two renames', async () => {
    const old = at(orphaned('model.old'));
    mkdirSync(old);
    writeFileSync(path.join(old, MANIFEST), 'the old one');
    rmSync(path.join(source, 'model.safetensors'));
    await expect(convert(at('model'))).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
    expect(existsSync(path.join(old, MANIFEST)) || existsSync(path.join(at('model'), MANIFEST))).toBe(true);
    writeWeights(source, 'model.safetensors', { ...weightsOf(BLIP), specs: weightsOf(BLIP).specs.slice(1) });
    await expect(convert(at('model'))).rejects.toMatchObject({ code: 'MODEL_FILE_DAMAGED' });
    expect(readFileSync(path.join(at('model'), MANIFEST), 'utf8')).toBe('the old one');
  });
});

describe('a new model takes the place of another', () => {
  const failing = (code: string) => Object.assign(new Error(code), { code, syscall: 'rename', path: '/x' });

  beforeEach(() => {
    for (const [name, text] of [
      ['draft', 'new'],
      ['model', 'old'],
    ] as const) {
      mkdirSync(at(name));
      writeFileSync(path.join(at(name), MANIFEST), text);
    }
    mkdirSync(path.join(at('draft'), 'packed'));
    writeFileSync(path.join(at('draft'), 'packed/decoder.onnx'), 'graph', { mode: 0o400 });
  });
  const said = () => readFileSync(path.join(at('model'), MANIFEST), 'utf8');

  it('only when each file of it, and its name, is on the disk', () => {
    const events: string[] = [];
    const open = fs.openSync;
    const names = new Map<number, string>();
    jest.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
      const handle = open(file, ...rest);
      names.set(handle, path.basename(String(file)));
      return handle;
    });
    jest.spyOn(fs, 'fsyncSync').mockImplementation((handle) => void events.push(`on disk: ${names.get(handle)}`));
    const rename = fs.renameSync;
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (to === at('model')) events.push('in its place');
      rename(from, to);
    });
    const remove = fs.rmSync;
    jest.spyOn(fs, 'rmSync').mockImplementation((name, options) => {
      events.push('old removed');
      remove(name, options);
    });
    takePlace(at('draft'), at('model'));
    const inPlace = events.indexOf('in its place');
    expect(events.slice(0, inPlace)).toEqual(
      expect.arrayContaining([`on disk: ${MANIFEST}`, 'on disk: decoder.onnx', 'on disk: packed']),
    );
    expect(events.slice(inPlace)).toEqual(['in its place', `on disk: ${path.basename(folder)}`, 'old removed']);
  });

  it('from another disk', () => {
    const rename = fs.renameSync;
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (from === at('draft')) throw failing('EXDEV');
      rename(from, to);
    });
    takePlace(at('draft'), at('model'));
    expect(said()).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'draft', 'model']);
  });

  it('although the old one cannot be removed', () => {
    jest.spyOn(fs, 'rmSync').mockImplementation(() => {
      throw failing('EBUSY');
    });
    takePlace(at('draft'), at('model'));
    jest.restoreAllMocks();
    expect(said()).toBe('new');
  });

  it('and comes back once where two processes find it left', () => {
    fs.renameSync(at('model'), at(orphaned('model.old')));
    const rename = fs.renameSync;
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      rename(from, to);
      throw failing('ENOENT');
    });
    expect(restoreReplaced(at('model'))).toBe(true);
    expect(said()).toBe('old');
  });
});
