import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..');

/**
 * Path of a compiled script in `folder`, which a process or a thread of its own runs: what was compiled, also when the caller
 * runs from the sources, as tests do.
 */
export function compiledFile(folder: string, script: string): string {
  const file = path.join(folder, script);
  return existsSync(file) ? file : path.join(ROOT, 'build', path.relative(ROOT, folder), script);
}
