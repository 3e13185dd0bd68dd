import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileProblem } from '../../../models/file-problem';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'altsmith-files-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It went well.');
}
const refused = (code: string, syscall: string) =>
  Object.assign(new Error(`${code}: …, ${syscall} '/x'`), { code, syscall, path: '/x' });

it.each([
  ['a file that is not there', () => readFileSync(path.join(folder, 'no')), 'MODEL_FILE_MISSING', 'it is not there'],
  [
    'a folder in the place of a file',
    () => readFileSync(folder),
    'FILE_UNREADABLE',
    'it is a folder where a file is due',
  ],
  [
    'a file in the place of a folder',
    () => {
      writeFileSync(path.join(folder, 'x'), '');
      mkdirSync(path.join(folder, 'x/y'), { recursive: true });
    },
    'STORAGE_UNAVAILABLE',
    'a file where a folder is due',
  ],
])('%s', (_, work, code, reason) => {
  expect(fileProblem(thrownBy(work))).toMatchObject({ code, message: expect.stringContaining(reason) });
});

it.each([
  ['ENOSPC', 'write', 'STORAGE_FULL', 'The disk is full; free some space and try again.'],
  ['EACCES', 'open', 'FILE_UNREADABLE', '/x: the permission to open it is missing.'],
  ['EACCES', 'mkdir', 'STORAGE_UNAVAILABLE', '/x: the permission to write it is missing.'],
  ['EMFILE', 'open', 'FILE_UNREADABLE', '/x: too many files are open; raise the limit of open files (ulimit -n).'],
  ['ENAMETOOLONG', 'mkdir', 'STORAGE_UNAVAILABLE', '/x: the name is longer than the disk allows.'],
  ['ELOOP', 'open', 'FILE_UNREADABLE', '/x: its links lead in a circle.'],
  ['ENOTEMPTY', 'rename', 'STORAGE_UNAVAILABLE', '/x: something was put into it in the meantime.'],
  ['ESTALE', 'read', 'FILE_UNREADABLE', '/x: the network disk has lost it; mount the disk again.'],
  ['EROFS', 'open', 'STORAGE_UNAVAILABLE', '/x: it is on a disk that is read only.'],
])('%s of %s', (errno, syscall, code, message) => {
  expect(fileProblem(refused(errno, syscall))).toMatchObject({ code, message });
});

it('leaves every other error as it is', () => {
  expect(fileProblem(new TypeError('x'))).toBeNull();
  expect(fileProblem(refused('ECONNREFUSED', 'connect'))).toBeNull();
  expect(fileProblem('text')).toBeNull();
});
