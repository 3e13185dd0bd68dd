'use strict';
// Child processes of the test run. Each gets a process group of its own, and every descendant inherits a mark in its
// environment, so that nothing is left running whatever fails, and nothing that is not ours is ever stopped.
const { spawn } = require('node:child_process');
const { readFileSync, readdirSync } = require('node:fs');
const readline = require('node:readline');

const MARK = 'ALTSMITH_TEST_RUN';
const groups = new Set();

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already, which is what was wanted.
  }
}

/** Prints lines, each behind a label that says which part they are of; '' is no label. */
function show(label, text, to = process.stdout) {
  const before = label === '' ? '' : `[${label}] `;
  for (const line of text.trimEnd().split('\n')) to.write(`${before}${line}\n`);
}

/**
 * Runs a command to its end with its output shown (or kept, when `quiet`; or shown line by line behind a `label`).
 * Gives `{code, output}`; `code` is 1 when a signal ended it, 124 after `timeoutMs`.
 */
function run(command, args, { cwd, env = {}, quiet = false, label = '', timeoutMs = 0 } = {}) {
  const piped = quiet || label !== '' ? 'pipe' : 'inherit';
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', piped, piped],
    });
    let output = '';
    let timedOut = false;
    const keep = (chunk) => (output += chunk);
    if (quiet) for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
    else if (piped === 'pipe') {
      for (const name of ['stdout', 'stderr'])
        readline.createInterface({ input: child[name] }).on('line', (line) => show(label, line, process[name]));
    }
    const timer =
      timeoutMs > 0 &&
      setTimeout(() => {
        timedOut = true;
        output += `\nstopped after ${timeoutMs / 1000} seconds\n`;
        signalGroup(child.pid, 'SIGKILL');
      }, timeoutMs);
    if (child.pid !== undefined) groups.add(child.pid);
    const finish = (code) => {
      clearTimeout(timer);
      groups.delete(child.pid);
      resolve({ code: timedOut ? 124 : code, output });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** Processes that carry the mark of a run: its children, and theirs, also those that left their group. Linux only. */
function marked(run) {
  const wanted = `${MARK}=${run}`;
  let names;
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  } catch {
    return [];
  }
  return names.filter((name) => readProc(name, 'environ').split('\0').includes(wanted)).map(describe);
}

function describe(name) {
  return { pid: Number(name), command: readProc(name, 'cmdline').split('\0').join(' ').trim() };
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It ended in between, or belongs to somebody else.
  }
}

/** Stops everything that this run started and that is still there; gives what it had to stop. */
function stopAll() {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
  groups.clear();
  return stopMarked(process.env[MARK]);
}

/** Stops what an earlier run left behind, or what is left of this one. */
function stopMarked(run) {
  const left = marked(run);
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }
  return left;
}

module.exports = { MARK, run, show, stopAll, stopMarked };
