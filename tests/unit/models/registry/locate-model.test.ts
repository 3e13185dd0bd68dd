import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseModel, locateModel } from '../../../../models/locate-model';

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
    const large = put('blip-large', 'fp32');
    expect(locateModel(null, pulled)).toBe(large);
  });

  it('is the chosen one while it is there', () => {
    put('blip-base', 'int8');
    const exact = put('blip-base', 'fp32');
    expect(chooseModel('blip-base/fp32', pulled)).toBe(exact);
    expect(locateModel(null, pulled)).toBe(exact);
    rmSync(exact, { recursive: true });
    expect(locateModel(null, pulled)).toMatch(/blip-base\/int8$/);
  });

  it('can be mini although BLIP is there', () => {
    put('blip-base', 'int8');
    chooseModel('mini', pulled);
    expect(locateModel(null, pulled)).toMatch(/models\/mini$/);
  });

  it('is the one that is named: id, precision or folder', () => {
    const int8 = put('blip-base', 'int8');
    const exact = put('blip-base', 'fp32');
    expect(locateModel('blip-base', pulled)).toBe(int8);
    expect(locateModel('blip-base/fp32', pulled)).toBe(exact);
    expect(locateModel(exact, '/nowhere')).toBe(exact);
  });

  it.each(['blip-base', 'blip-base/int4', '../etc', '/nowhere/at/all'])('is not %s when that is not there', (name) => {
    expect(() => locateModel(name, pulled)).toThrow('run "altsmith models pull');
    expect(() => chooseModel(name, pulled)).toThrow('There is no model');
  });

  it('is the best one when the note of the choice is damaged', () => {
    const int8 = put('blip-base', 'int8');
    writeFileSync(path.join(pulled, 'in-use.json'), '{"model":');
    expect(locateModel(null, pulled)).toBe(int8);
  });
});
