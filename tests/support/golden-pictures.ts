import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Wheels that carry the pictures of golden.json; the pictures' hashes are checked, so the version is free. */
const WHEELS: Readonly<Record<string, string>> = {
  'scikit-image': 'skimage/data',
  'scikit-learn': 'sklearn/datasets/images',
};

const EXTRACT = `
import os, sys, zipfile
wheels, target, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
for name in os.listdir(wheels):
    with zipfile.ZipFile(os.path.join(wheels, name)) as wheel:
        for entry in wheel.namelist():
            if entry in wanted:
                with open(os.path.join(target, os.path.basename(entry)), 'wb') as out:
                    out.write(wheel.read(entry))
`;

export interface NamedPicture {
  readonly file: string;
  readonly sha256: string;
}

const cacheFolder = () =>
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'altsmith', 'golden-pictures');

function isThere(folder: string, { file, sha256 }: NamedPicture): boolean {
  const at = path.join(folder, file);
  return existsSync(at) && createHash('sha256').update(readFileSync(at)).digest('hex') === sha256;
}

/**
 * Folder with the pictures that the reference outputs were made from; fetched once from PyPI into a cache outside the
 * repository. Null where there is neither pip nor a network; the caller skips.
 */
export function goldenPictures(pictures: readonly NamedPicture[]): string | null {
  const folder = cacheFolder();
  const complete = () => pictures.every((picture) => isThere(folder, picture));
  if (complete()) return folder;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, 'fetch-'));
  try {
    const wheels = path.join(work, 'wheels');
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', wheels];
    execFileSync('python3', [...pip, ...Object.keys(WHEELS)], { stdio: 'ignore', timeout: 120_000 });
    const entries = Object.values(WHEELS).flatMap((inside) => pictures.map(({ file }) => `${inside}/${file}`));
    execFileSync('python3', ['-c', EXTRACT, wheels, work, ...entries], { stdio: 'ignore' });
    for (const picture of pictures)
      if (isThere(work, picture)) renameSync(path.join(work, picture.file), path.join(folder, picture.file));
  } catch {
    // No Python, no pip or no network: the answer below says so.
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return complete() ? folder : null;
}
