import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as OwnedName from '../../../models/owned-name';
import { ownedEntries, ownedName } from '../../../models/owned-name';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'altsmith-owned-'))));
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

const ours = () => path.join(folder, ownedName('draft'));
/** The name that a process of another container gives: its numbers are counted anew. */
const elsewhere = () => ours().replace(/-\d+\.\d+\.[0-9a-f]{8}-/, '-99999999.5.00000000-');
const isInUse = () => ownedEntries(folder).map((entry) => entry.isInUse);
const age = (name: string, seconds: number) => {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(name, then, then);
};

it('what a process of another container works on is in use as long as it is touched', () => {
  const name = elsewhere();
  mkdirSync(name);
  expect(isInUse()).toEqual([true]);
  age(name, 3600);
  expect(isInUse()).toEqual([false]);
});

it('a file that is written in a folder of another container counts as a touch', () => {
  const name = elsewhere();
  mkdirSync(name);
  writeFileSync(path.join(name, 'decoder.data'), 'half of it');
  age(name, 3600);
  expect(isInUse()).toEqual([true]);
});

it('what another process gave is not ours, nor is what one with our number in another container gave', () => {
  writeFileSync(ours(), '');
  writeFileSync(ours().replace(/\.[0-9a-f]{8}-/, '.00000000-'), '');
  expect(
    ownedEntries(folder)
      .map(({ isOurs }) => isOurs)
      .sort(),
  ).toEqual([false, true]);
});

it('what this process owns is in use however long ago it was made, and is touched for those elsewhere', () => {
  jest.useFakeTimers({ doNotFake: ['Date'] });
  jest.isolateModules(() => {
    const fresh = jest.requireActual<typeof OwnedName>('../../../models/owned-name');
    const name = fresh.ownedName(path.join(folder, 'draft'));
    jest.advanceTimersByTime(60_000);
    writeFileSync(name, '');
    age(name, 3600);
    expect(fresh.ownedEntries(folder)[0]?.isInUse).toBe(true);
    jest.advanceTimersByTime(60_000);
    // As a process of another container sees it: only the touch tells.
    const seen = name.replace(/\.[0-9a-f]{8}-/, '.00000000-');
    const { mtime } = statSync(name);
    rmSync(name);
    writeFileSync(seen, '');
    utimesSync(seen, mtime, mtime);
    expect(fresh.ownedEntries(folder)[0]?.isInUse).toBe(true);
  });
});

it('names of before, without the container, are looked for on this machine', () => {
  writeFileSync(ours().replace(/\.[0-9a-f]{8}-/, '-'), '');
  writeFileSync(path.join(folder, 'draft-99999999.1-0123abcd'), '');
  expect(isInUse().sort()).toEqual([false, true]);
});

it('where the system does not tell when a process began, a number given away again does not keep an entry for ever', () => {
  const name = ours().replace(/-(\d+)\.\d+\./, '-$1.0.');
  writeFileSync(name, '');
  age(name, 3600);
  expect(isInUse()).toEqual([false]);
});
