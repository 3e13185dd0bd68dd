import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeOf } from '../../server/storage/sqlite-error';

/** A disk of its own in memory, which a test can fill or write-protect. Needs the right to mount. */
export class SmallDisk {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-disk-'));
  readonly #mounts: string[] = [];

  private constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.folder], { stdio: 'pipe' });
    this.#mounts.push(this.folder);
  }

  /** Null, with a line that says so, where this user may not mount; a failure where nothing may be skipped. */
  static make(megabytes: number): SmallDisk | null {
    try {
      return new SmallDisk(megabytes);
    } catch (error) {
      if (process.env['REQUIRE_ALL'] === '1') throw error;
      process.stderr.write('skipped: tests of a full disk, which need the right to mount\n');
      return null;
    }
  }

  /** Writes until nothing is left, but for `spare` bytes. Returns how to give the space back. */
  fill(spare = 0): () => void {
    const file = path.join(this.folder, 'ballast');
    const { bavail, bsize } = statfsSync(this.folder);
    try {
      writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - spare)));
    } catch (error) {
      // Somebody else wrote meanwhile: then it is full a little earlier.
      if (codeOf(error) !== 'ENOSPC') throw error;
    }
    return () => rmSync(file);
  }

  /** Makes a folder read-only. Returns how to undo it. */
  protect(folder: string): () => void {
    execFileSync('mount', ['--bind', folder, folder]);
    execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
    return () => execFileSync('umount', [folder]);
  }

  remove(): void {
    for (const folder of this.#mounts) execFileSync('umount', ['-l', folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
