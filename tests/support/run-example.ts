import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../..');
export const EXAMPLES = path.join(ROOT, 'docs/examples');
export const PHOTO = path.join(ROOT, 'tests/fixtures/images/cat.jpg');

/** What an example prints when it is run as its first lines say. */
export async function runExample(
  command: string,
  file: string,
  { url, key }: { readonly url: string; readonly key: string },
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...process.env, ALTSMITH_URL: url, ALTSMITH_KEY: key, ...more };
  const { stdout } = await promisify(execFile)(command, [path.join(EXAMPLES, file), PHOTO], { cwd: ROOT, env });
  return stdout.trim();
}
