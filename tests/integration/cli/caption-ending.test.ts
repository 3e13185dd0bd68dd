import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captionWords, leftBehind, RunningCaption } from '../../support/caption-command';
import { childrenOf, isAlive } from '../../support/process-life';
import { waitFor } from '../../support/wait-for';

const CAT = path.resolve(__dirname, '../../fixtures/images/cat.jpg');
const SENTENCE = 'A close up of a cat';
/** More than are done before the test has reacted. */
const MANY = Array.from({ length: 400 }, () => 'cat.jpg');
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

let folder: string;
const running: RunningCaption[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-ending-'));
  mkdirSync(path.join(folder, 'temporary'));
  copyFileSync(CAT, path.join(folder, 'cat.jpg'));
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(words: readonly string[]): RunningCaption {
  const started = RunningCaption.start(folder, words);
  running.push(started);
  return started;
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

describe('altsmith caption that is ended early', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s leaves neither a picture nor a process, and gives the code %i', async (signal, code) => {
    const run = start(['sh', '-c', `exec ${quoted(captionWords(['-', ...MANY]))} < cat.jpg`]);
    await waitFor('the first lines', () => run.output.includes(`cat.jpg: ${SENTENCE}`), { timeoutMs: 60_000 });
    const workers = childrenOf(run.child.pid ?? null);
    expect([workers.length > 0, leftBehind(folder).length]).toEqual([true, 1]);
    run.child.kill(signal);
    expect(await run.ended).toBe(code);
    expect(leftBehind(folder)).toEqual([]);
    expect(workers.filter(isAlive)).toEqual([]);
    const lines = run.output.trimEnd().split('\n');
    expect(new Set(lines)).toEqual(new Set([`-: ${SENTENCE}`, `cat.jpg: ${SENTENCE}`]));
    expect(lines.length).toBeLessThan(MANY.length);
  });

  it('while it waits for the rest of a picture ends at once', async () => {
    const run = start(captionWords(['-']));
    run.child.stdin?.write(readFileSync(CAT).subarray(0, 5000));
    await waitFor('the place for the picture', () => leftBehind(folder).length > 0);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect([run.output, leftBehind(folder)]).toEqual(['', []]);
  });

  it('by a reader that has gone says nothing about it', async () => {
    const command = `${quoted(captionWords(['-', ...MANY]))} < cat.jpg`;
    const run = start(['bash', '-c', `${command} | head -1; echo "code \${PIPESTATUS[0]}"`]);
    await run.ended;
    expect(run.output).toBe(`-: ${SENTENCE}\ncode 141\n`);
    expect(leftBehind(folder)).toEqual([]);
  }, 60_000);
});

const hasTerminal = spawnSync('script', ['--version']).status === 0;
if (!hasTerminal) process.stderr.write('skipped: altsmith caption on a terminal, which needs the program "script"\n');

(hasTerminal ? describe : describe.skip)('altsmith caption on a terminal', () => {
  /** In a terminal of its own; what is written to the standard input is typed there. */
  function onTerminal(args: readonly string[]): RunningCaption {
    return start(['script', '--quiet', '--return', '--command', quoted(captionWords(args)), '/dev/null']);
  }

  it('shows how far it is, how fast, and how long it will take', async () => {
    const run = onTerminal(['cat.jpg', 'cat.jpg', 'cat.jpg']);
    expect(await run.ended).toBe(0);
    expect(run.output).toContain(' 0 of 3  – a second ');
    expect(run.output).toMatch(/ 3 of 3 {2}[0-9]+\.[0-9] a second {2}[0-9a-z]+ left/);
    expect(run.output.split(`cat.jpg: ${SENTENCE}`)).toHaveLength(4);
    expect(run.output.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(run.output.lastIndexOf(HIDE_CURSOR));
  }, 60_000);

  it('gives the cursor back at Ctrl-C', async () => {
    const run = onTerminal(MANY);
    await waitFor('the first pictures', () => run.output.includes(SENTENCE), { timeoutMs: 60_000 });
    expect(run.output).toContain(HIDE_CURSOR);
    run.child.stdin?.write('\u0003');
    expect(await run.ended).toBe(130);
    expect(run.output.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(run.output.lastIndexOf(HIDE_CURSOR));
    expect(run.output).not.toContain('SHUTTING_DOWN');
  }, 60_000);

  it('shows no bar for a picture alone', async () => {
    const run = onTerminal(['cat.jpg']);
    expect(await run.ended).toBe(0);
    expect(run.output.trimEnd()).toBe(`cat.jpg: ${SENTENCE}`);
  }, 60_000);
});
