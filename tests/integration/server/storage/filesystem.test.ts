import fs, { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DataFolder } from '../../../../server/storage/data-folder';
import { unsafeFilesystem } from '../../../../server/storage/filesystem';

const FUSE = 0x65735546;
const NFS = 0x6969;
let folder: string;
let mounts: string;
beforeEach(() => {
  folder = fs.realpathSync(mkdtempSync(path.join(os.tmpdir(), 'altsmith-filesystem-')));
  mounts = path.join(folder, 'mountinfo');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** As the kernel would tell it: the type of the filesystem, and the mount that holds the folder. */
function pretend(type: number, mounted: string): void {
  const found = fs.statfsSync(folder);
  jest.spyOn(fs, 'statfsSync').mockReturnValue(Object.assign(found, { type }));
  const line = (point: string, name: string) => `36 35 98:0 / ${point} rw - ${name} none rw\n`;
  writeFileSync(
    mounts,
    line('/', 'ext4') + line(folder.replace(/ /g, '\\040'), mounted) + line(`${folder}x`, 'fuse.sshfs'),
  );
}

test('a FUSE folder whose locks and shared memory hold is taken, and the probe leaves nothing there', () => {
  pretend(FUSE, 'fuse.mergerfs');
  expect(unsafeFilesystem(folder, mounts)).toBeNull();
  expect(() => new DataFolder(folder).prepare()).not.toThrow();
  expect(readdirSync(folder).sort()).toEqual(['backups', 'images', 'lists', 'mountinfo', 'thumbnails', 'tmp']);
});

test.each([
  ['a folder of another machine over FUSE', FUSE, 'fuse.sshfs', 'fuse.sshfs'],
  ['a network filesystem', NFS, 'nfs4', 'NFS'],
])('%s is refused without a probe', (_what, type, mounted, name) => {
  pretend(type, mounted);
  expect(unsafeFilesystem(folder, mounts)).toBe(name);
});

test('a FUSE folder in which the probe fails is refused with what failed', () => {
  pretend(FUSE, 'fuse.mergerfs');
  const place = path.join(folder, 'gone');
  jest.spyOn(fs, 'realpathSync').mockReturnValue(folder);
  expect(unsafeFilesystem(place, mounts)).toMatch(/^fuse\.mergerfs: .*(directory|open)/);
});
