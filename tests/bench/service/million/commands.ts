import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { figureOf, samples, type Figure } from '../figures';

const run = promisify(execFile);
const TURNS = 5;
/** Clock ticks of /proc in a second. */
const TICKS = 100;

/** Each does one small thing with the database of a running sidecar. */
const COMMANDS = [['sites', 'list'], ['keys', 'list'], ['requeue'], ['models', 'list']];

/** One `altsmith` command beside a running sidecar. */
export async function measureCommands(root: string, dataDir: string): Promise<Figure[]> {
  const found: Figure[] = [];
  for (const words of COMMANDS) {
    const turns = await samples(TURNS, childrenProcessorMs, () => altsmith(root, dataDir, words));
    found.push(figureOf(`\`altsmith ${words.join(' ')}\``, turns, 1000));
  }
  return found;
}

/** Runs one `altsmith` command with a data folder. */
export async function altsmith(root: string, dataDir: string, words: readonly string[]): Promise<void> {
  await run(process.execPath, [path.join(root, 'server/cli/index.js'), ...words], {
    env: { ...process.env, ALTSMITH_DATA_DIR: dataDir },
  });
}

/** Processor time of the children of this process that have ended. */
function childrenProcessorMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  // proc(5): cutime and cstime are the 16th and 17th field; the split removed the first two.
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS;
}
