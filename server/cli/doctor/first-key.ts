import { statSync } from 'node:fs';
import { note, ok, problem, type Finding, type Ground } from './check';

/** The file with the first key: private while it is there, and better gone. */
export function lookAtFirstKey({ data }: Ground): readonly Finding[] {
  const found = statSync(data.firstKey, { throwIfNoEntry: false });
  if (found === undefined) return [ok('No file with the first key lies about.')];
  const mode = found.mode & 0o777;
  if ((mode & 0o077) !== 0) {
    return [
      problem(
        `Other users can read the first key in ${data.firstKey} (mode ${mode.toString(8)}).`,
        `chmod 600 ${data.firstKey}, and rotate the key: altsmith keys rotate ID`,
      ),
    ];
  }
  return [note(`The first key is still in ${data.firstKey}.`, 'Delete the file once the key is where it belongs.')];
}
