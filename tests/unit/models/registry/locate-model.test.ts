import fs, { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseModel, isChoiceDamaged, locateModel } from '../../../../models/locate-model';
import { ownedName } from '../../../../models/owned-name';

let pulled: string;
beforeEach(() => {
  pulled = mkdtempSync(path.join(tmpdir(), 'altsmith-locate-'));
});
afterEach(() => rmSync(pulled, { recursive: true }));

function put(...parts: string[]): string {
  const folder = path.join(pulled, ...parts);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'altsmith-model.json'), '{}');
  return folder;
}

describe('the model that is used', () => {
  it('is mini when nothing else is there', () => {
    expect(locateModel(null, pulled)).toMatch(/models\/mini$/);
  });

  it('is the best one pulled, int8 before fp32', () => {
    put('blip-base', 'fp32');
    const int8 = put('blip-base', 'int8');
    expect(locateModel(null, pulled)).toBe(int8);
    put('blip-large', 'int8');
    expect(locateModel(null, pulled)).toBe(int8);
    rmSync(path.join(pulled, 'blip-base'), { recursive: true });
    expect(locateModel(null, pulled)).toMatch(/blip-large\/int8$/);
  });

  it('is the chosen one while it is there', () => {
    put('blip-base', 'int8');
    const exact = put('blip-base', 'fp32');
    expect(chooseModel('blip-base/fp32', pulled)).toBe(exact);
    expect(locateModel(null, pulled)).toBe(exact);
    rmSync(exact, { recursive: true });
    expect(locateModel(null, pulled)).toMatch(/blip-base\/int8$/);
  });

  it('is not one that only answers questions', () => {
    put('blip-vqa-base', 'int8');
    expect(locateModel(null, pulled)).toMatch(/models\/mini$/);
  });

  it('comes back where a conversion was killed between its two renames', () => {
    const int8 = put('blip-base', 'int8');
    // No process has this number: it is beyond the largest there can be.
    renameSync(int8, `${int8}.old-99999999.1-0a1b2c3d`);
    expect(locateModel(null, pulled)).toBe(int8);
    expect(readdirSync(path.join(pulled, 'blip-base'))).toEqual(['int8']);
  });

  it('is left alone while the conversion that replaces it is at work', () => {
    const int8 = put('blip-base', 'int8');
    renameSync(int8, ownedName(`${int8}.old`));
    expect(locateModel(null, pulled)).toMatch(/models\/mini$/);
  });

  it('can be mini although BLIP is there', () => {
    put('blip-base', 'int8');
    chooseModel('mini', pulled);
    expect(locateModel(null, pulled)).toMatch(/models\/mini$/);
  });

  it('in 8 bits has two names, and lies in whichever folder it was pulled into', () => {
    const old = put('blip-large', 'int8-vnni');
    expect([locateModel('blip-large', pulled), locateModel('blip-large/int8-vnni', pulled)]).toEqual([old, old]);
    const int8 = put('blip-base', 'int8');
    expect(locateModel('blip-base/int8-vnni', pulled)).toBe(int8);
  });

  it('is the one that is named: id, precision or folder', () => {
    const int8 = put('blip-base', 'int8');
    const exact = put('blip-base', 'fp32');
    expect(locateModel('blip-base', pulled)).toBe(int8);
    expect(locateModel('blip-base/fp32', pulled)).toBe(exact);
    expect(locateModel(exact, '/nowhere')).toBe(exact);
  });

  it.each([
    ['blip-base', 'run "altsmith models pull blip-base"'],
    ['blip-base/fp32', 'run "altsmith models pull blip-base --precision fp32"'],
    ['blip-vqa-base/int8-vnni', 'run "altsmith models pull blip-vqa-base --precision int8-vnni"'],
    ['mini/fp32', 'name it "mini"'],
    ['blip-base/int2', 'There is no model called "blip-base/int2"; "altsmith models list"'],
    ['blip-nobody', 'There is no model called "blip-nobody"; "altsmith models list"'],
    ['../etc', 'There is no model called "../etc"; "altsmith models list"'],
    ['/nowhere/at/all', 'There is no model called "/nowhere/at/all"; "altsmith models list"'],
  ])('is not %s when that is not there, and what to do is said', (name, advice) => {
    expect(() => locateModel(name, pulled)).toThrow(advice);
    expect(() => chooseModel(name, pulled)).toThrow(advice);
  });

  it.each(['config.json', 'vocab.txt'])('is not a checkpoint, known by its %s, before it is converted', (file) => {
    const folder = path.join(pulled, 'mine');
    mkdirSync(folder);
    writeFileSync(path.join(folder, file), '');
    expect(() => locateModel(folder, pulled)).toThrow(`"altsmith models convert ${folder} --out FOLDER"`);
  });

  it('is not just any folder', () => {
    expect(() => locateModel(pulled, pulled)).toThrow(`There is no model in "${pulled}".`);
  });

  it('is chosen by its name only', () => {
    expect(() => chooseModel(put('blip-base', 'int8'), pulled)).toThrow('is a folder; name it with ALTSMITH_MODEL');
  });

  it('stays the chosen one when another choice cannot be written', () => {
    put('blip-base', 'int8');
    const exact = put('blip-base', 'fp32');
    chooseModel('blip-base/fp32', pulled);
    const write = fs.writeFileSync;
    jest.spyOn(fs, 'writeFileSync').mockImplementation((file) => {
      write(file, '');
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    });
    expect(() => chooseModel('mini', pulled)).toThrow('no space left');
    jest.restoreAllMocks();
    expect(locateModel(null, pulled)).toBe(exact);
    expect(readdirSync(pulled).sort()).toEqual(['blip-base', 'in-use.json']);
  });

  it('leaves nothing of choices that were cut off', () => {
    writeFileSync(path.join(pulled, 'in-use.json-99999999.1-0a1b2c3d'), '{');
    chooseModel('mini', pulled);
    expect(readdirSync(pulled)).toEqual(['in-use.json']);
  });

  it('is the best one when the note of the choice is damaged', () => {
    const int8 = put('blip-base', 'int8');
    writeFileSync(path.join(pulled, 'in-use.json'), '{"model":');
    expect(locateModel(null, pulled)).toBe(int8);
    expect(isChoiceDamaged(pulled)).toBe(true);
  });
});
