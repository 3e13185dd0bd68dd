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
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.folder], { stdio: 'pipe' });
    } catch (error) {
      rmSync(this.folder, { recursive: true });
      throw error;
    }
    this.#mounts.push(this.folder);
  }

  /** Throws where this user may not mount; testWithDisk skips then. */
  static make(megabytes: number): SmallDisk {
    return new SmallDisk(megabytes);
  }

  /** For a file whose tests share one disk, which is made when the file is read. Null where testWithDisk skips them. */
  static forFile(megabytes: number): SmallDisk | null {
    return CAN_MOUNT ? new SmallDisk(megabytes) : null;
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

/** Tried once, before the tests of a file are listed. With CI or REQUIRE_ALL a failure instead of a skip. */
const CAN_MOUNT = canMount();

function canMount(): boolean {
  const { CI, REQUIRE_ALL } = process.env;
  try {
    SmallDisk.make(1).remove();
    return true;
  } catch (error) {
    if ([CI, REQUIRE_ALL].some((value) => value === '1' || value === 'true')) throw error;
    process.stderr.write('skipped: tests of a full disk, which need the right to mount\n');
    return false;
  }
}

/** `test` where a small disk can be mounted, and `test.skip` where not. */
export const testWithDisk = CAN_MOUNT ? test : test.skip;
/** The same of `describe`. */
export const describeWithDisk = CAN_MOUNT ? describe : describe.skip;
