import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, lstatSync, lutimesSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../..');
/** The user "nobody" of every Linux. Whoever runs the tests without being root cannot change users and needs not to. */
const NOBODY = 65_534;

/** Calls a function that a script of packaging/ exports, in a process of its own. */
export function callPackaging(script: string, call: string, ...words: readonly string[]): void {
  const code = `const it = require(process.argv[1]); ${call}`;
  const args = ['-e', code, path.join(ROOT, 'packaging', script), ...words];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) throw new Error(stderr);
}

/** Every file and folder below with its time of change and its size. */
export const contentsOf = (folder: string): readonly (readonly [string, number, number])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { ctimeMs, size } = lstatSync(path.join(folder, name));
      return [name, ctimeMs, size];
    });

/** As an image builder or an archive may leave a folder: nobody may write to it, and all times are the same old day. */
export function sealFolder(folder: string): void {
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    const place = path.join(folder, name);
    const about = lstatSync(place);
    lutimesSync(place, 1_577_836_800, 1_577_836_800);
    if (!about.isSymbolicLink()) chmodSync(place, about.isDirectory() || (about.mode & 0o111) !== 0 ? 0o555 : 0o444);
  }
}

/** A stranger: a user that owns nothing here, no home, and an npm that says so when somebody calls it. */
export class Stranger {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-stranger-'));
  readonly dataDir = path.join(this.folder, 'data');
  readonly npmCalls = path.join(this.folder, 'npm-calls');
  private readonly children: ChildProcess[] = [];

  constructor() {
    chmodSync(this.folder, 0o777);
    mkdirSync(path.join(this.folder, 'bin'));
    for (const name of ['npm', 'npx', 'node-gyp', 'cc', 'g++'])
      writeFileSync(path.join(this.folder, 'bin', name), `#!/bin/sh\necho "$0 $@" >> ${this.npmCalls}\nexit 1\n`, {
        mode: 0o755,
      });
  }

  /** Starts a program as that user, with `env` and nothing else in its environment. */
  start(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const isRoot = process.getuid?.() === 0;
    const child = spawn(program, words, {
      cwd: this.folder,
      env: {
        PATH: `${path.join(this.folder, 'bin')}:/usr/bin:/bin`,
        HOME: '/there-is-no-home',
        ALTSMITH_DATA_DIR: this.dataDir,
        ALTSMITH_MODEL: 'mini',
        ALTSMITH_PORT: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    this.children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    return { child, ended, text: () => text };
  }

  leave(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
