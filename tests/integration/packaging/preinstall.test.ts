import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../support/packed';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-preinstall-'));
  for (const name of ['onnxruntime-node/script', 'onnxruntime-node/package.json', 'global-agent', 'adm-zip']) {
    const source = path.join(ROOT, 'node_modules', name);
    cpSync(source, path.join(folder, 'node_modules', name), {
      recursive: true,
      filter: (file) => !/\.map$/.test(file),
    });
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = () => path.join(folder, 'node_modules/onnxruntime-node/script/install.js');
/** What npm runs, in the order in which it runs it: first all preinstall scripts. */
function preinstall(place: string, env: Readonly<Record<string, string>> = {}) {
  const copy = path.join(folder, place, 'packaging');
  mkdirSync(copy, { recursive: true });
  cpSync(path.join(ROOT, 'packaging/preinstall.js'), path.join(copy, 'preinstall.js'));
  return spawnSync(process.execPath, [path.join(copy, 'preinstall.js')], {
    cwd: path.dirname(copy),
    env: { PATH: process.env['PATH'], ...env },
  }).status;
}
const before = () => readFileSync(path.join(ROOT, 'node_modules/onnxruntime-node/script/install.js'), 'utf8');

test('an installation of the package downloads nothing for graphics cards', () => {
  expect(preinstall('node_modules/altsmith')).toBe(0);
  // No way out: what would ask the network fails.
  const env = {
    PATH: process.env['PATH'],
    GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
    npm_config_local_prefix: folder,
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script()], { env, encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});

test('whoever names what is to be installed for graphics cards gets it', () => {
  expect(preinstall('node_modules/altsmith', { ONNXRUNTIME_NODE_INSTALL: 'cuda12' })).toBe(0);
  expect(readFileSync(script(), 'utf8')).toBe(before());
});

test('a checkout changes nothing in its packages', () => {
  expect(preinstall('.')).toBe(0);
  expect(readFileSync(script(), 'utf8')).toBe(before());
});
