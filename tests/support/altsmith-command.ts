import { execFile } from 'node:child_process';
import path from 'node:path';

const ENTRY = path.resolve(__dirname, '../../server/cli/index.js');

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What --json printed. */
  readonly json: any;
}

/** Runs `altsmith …` as a person would, with a data folder of the test's own. */
export function altsmith(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ALTSMITH_DATA_DIR: dataDir, ...env } };
    const child = execFile(process.execPath, [ENTRY, ...args], options, (_error, stdout, stderr) => {
      resolve({
        code: child.exitCode ?? -1,
        stdout,
        stderr,
        json: args.includes('--json') && stdout !== '' ? JSON.parse(stdout) : null,
      });
    });
  });
}
