import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
/** The command itself, without the build that goes before it in a clone. */
const MAIN = `require(${JSON.stringify(path.join(ROOT, 'build/server/cli/main.js'))})
  .main(process.argv.slice(1)).then((code) => { process.exitCode = code; });`;

/** A program and its words that run `altsmith caption`. */
export function captionWords(args: readonly string[]): [string, ...string[]] {
  return [process.execPath, '-e', MAIN, 'caption', ...args];
}

/** Its environment: data of the test's own, temporary files too, and the model that ships. */
export function captionEnv(folder: string): NodeJS.ProcessEnv {
  const temporary = path.join(folder, 'temporary');
  return { ...process.env, ALTSMITH_DATA_DIR: path.join(folder, 'data'), ALTSMITH_MODEL: '', TMPDIR: temporary };
}

/** What it has left among its temporary files. */
export function leftBehind(folder: string): string[] {
  return readdirSync(path.join(folder, 'temporary'));
}

/** Runs it in a folder to its end; `out` are the lines of standard output. */
export function runCaption(folder: string, args: readonly string[], input: Buffer | string = '') {
  const [program, ...words] = captionWords(args);
  const options = { cwd: folder, env: captionEnv(folder), input, encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync(program, words, options);
  return { code: status, out: stdout.split('\n').slice(0, -1), err: stderr };
}

/** One that runs while the test does something to it. */
export class RunningCaption {
  /** Standard output and standard error so far, in the order in which they came. */
  output = '';
  readonly ended: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.output += String(chunk)));
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  static start(folder: string, words: readonly string[]): RunningCaption {
    const [program, ...rest] = words;
    return new RunningCaption(spawn(program!, rest, { cwd: folder, env: captionEnv(folder), stdio: 'pipe' }));
  }
}
