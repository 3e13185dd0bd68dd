import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Path from the repository's root, with forward slashes, and the text of the file. */
export type SourceTree = ReadonlyMap<string, string>;

export const ROOT = path.resolve(__dirname, '../..');

/** Every text file that git tracks or would track, so that a new file is judged before it is committed. */
export function readSourceTree(wanted: (file: string) => boolean): SourceTree {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64e6,
  });
  const isFile = (file: string) => statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile() === true;
  const files = listed.split('\n').filter((file) => file !== '' && wanted(file) && isFile(file));
  return new Map(files.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}

/** A tree made up by a test, to prove that a rule can fail. */
export function sampleTree(files: Record<string, string>): SourceTree {
  return new Map(Object.entries(files));
}
