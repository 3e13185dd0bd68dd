import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { callPackaging, contentsOf, sealFolder, Stranger } from '../../support/packed';
import { caption, claim, CODE } from '../../support/pages/first-text';
import { OwnersMachine } from '../../support/pages/machine';
import { readPage } from '../../support/pages/page';
import { testWithDisk } from '../../support/small-disk';
import { waitFor } from '../../support/wait-for';

// Copies 300 MB, Node included.
jest.setTimeout(600_000);

let folder: string;
let archive: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-archived-'));
  chmodSync(folder, 0o755);
  archive = path.join(folder, 'altsmith-here');
  callPackaging('archive.js', 'it.layOut(process.argv[2])', archive);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines of a unit as [name, value]. */
function settingsOf(unit: string): readonly (readonly [string, string])[] {
  const text = readFileSync(path.join(archive, 'systemd', unit), 'utf8');
  return [...text.matchAll(/^(\w+)=(.*)$/gm)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
}
const valueOf = (unit: string, name: string) => settingsOf(unit).find(([key]) => key === name)?.[1] ?? '';

describe('the install script', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(folder, 'root-'))));
  const install = (...words: readonly string[]) =>
    spawnSync(path.join(archive, 'systemd/install.sh'), ['--root', root, ...words], { encoding: 'utf8' });
  const files = () => readdirSync(root, { recursive: true, encoding: 'utf8' });

  test('asks before it does anything, and does nothing where nobody can answer', () => {
    const { status, stdout, stderr } = install();
    expect([status, stderr]).toEqual([1, 'Nothing was done: there is no terminal to ask at; say --yes.\n']);
    expect(stdout).toContain('This will');
    expect(files()).toEqual([]);
  });

  test('installs what the unit starts, updates it, keeps settings, and takes everything else away again', () => {
    expect(install('--yes')).toMatchObject({ status: 0, stderr: '' });
    const started = valueOf('altsmith.service', 'ExecStart').split(' ')[0] ?? '';
    expect(statSync(path.join(root, started)).mode & 0o777).toBe(0o755);
    const settings = path.join(root, 'etc/altsmith/altsmith.env');
    expect(statSync(settings).mode & 0o777).toBe(0o640);
    const shown = install('--yes').stdout;
    for (const name of [
      'etc/systemd/system/altsmith.service',
      'usr/local/bin/altsmith',
      'usr/lib/sysusers.d/altsmith.conf',
    ]) {
      expect(files()).toContain(name);
      expect(shown).toContain(name);
    }
    expect(files().filter((name) => /^opt\/.*\.(new|old)$/.test(name))).toEqual([]);
    expect(install('--remove', '--yes')).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(settings)).toBe(true);
    expect(files().filter((name) => statSync(path.join(root, name)).isFile())).toEqual(['etc/altsmith/altsmith.env']);
  });

  test('leaves the program where the other service still uses it', () => {
    install('--yes');
    install('--worker', '--yes');
    install('--remove', '--yes');
    expect(files()).toContain('etc/systemd/system/altsmith-worker.service');
    expect(files()).toContain('opt/altsmith/altsmith');
    install('--worker', '--remove', '--yes');
    expect(existsSync(path.join(root, 'opt/altsmith'))).toBe(false);
  });
});

describe.each(['altsmith.service', 'altsmith-worker.service'])('the unit %s', (unit) => {
  test('is understood by systemd and exposes little', () => {
    const copy = path.join(folder, unit);
    const text = readFileSync(path.join(archive, 'systemd', unit), 'utf8');
    spawnSync('cp', [path.join(archive, 'systemd', unit), copy]);
    expect(text).toContain('ExecStart=/opt/altsmith/altsmith ');
    const here = text.replace('ExecStart=/opt/altsmith', `ExecStart=${archive}`);
    spawnSync('tee', [copy], { input: here });
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', copy], { encoding: 'utf8' });
    expect([verified.status, verified.stderr]).toEqual([0, '']);
    // In tenths, from 0 to 100. Without any hardening it is 96.
    const security = ['security', '--offline=true', '--no-pager', '--threshold=20', copy];
    const { status, stdout } = spawnSync('systemd-analyze', security, { encoding: 'utf8' });
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([0, expect.stringContaining('OK')]);
  });

  test('restarts always, without an end, and takes no capability along', () => {
    expect(valueOf(unit, 'Restart')).toBe('always');
    expect(valueOf(unit, 'StartLimitIntervalSec')).toBe('0');
    expect(valueOf(unit, 'TimeoutStartSec')).toBe('infinity');
    expect(valueOf(unit, 'CapabilityBoundingSet')).toBe('');
    expect(valueOf(unit, 'User')).toBe('altsmith');
  });
});

testWithDisk('every command of docs/install/systemd.md says what the page shows', async () => {
  const page = readPage('systemd');
  const [install = []] = page.get('Install') ?? [];
  const [connect = []] = page.get('Connect WordPress') ?? [];
  const [here = [], there = []] = page.get('Move to another machine') ?? [];
  const [remove = []] = page.get('Remove') ?? [];
  const machine = await OwnersMachine.create();
  try {
    const owner = machine.session({ ownRoot: true, cwd: archive });
    const isReady = async () => (await fetch(`${machine.url}/readyz`)).ok;
    // The archive is unpacked already; tests/nightly unpacks one.
    await owner.follow(install.slice(2));
    await waitFor('ready', isReady, { timeoutMs: 120_000 });
    const [code = ''] = CODE.exec(await owner.follow(connect)) ?? [];
    const key = await claim(machine.url, code);
    expect(await caption(machine.url, key)).toContain('cat');
    const before = await owner.ask('sudo cat /var/lib/altsmith/first-key.txt');
    await owner.follow(here);
    await owner.ask('rm -rf /var/lib/altsmith/* /etc/altsmith/*');
    await owner.follow(there);
    await waitFor('ready', isReady, { timeoutMs: 120_000 });
    expect(await owner.ask('sudo cat /var/lib/altsmith/first-key.txt')).toBe(before);
    expect(await caption(machine.url, key)).toContain('cat');
    await owner.follow(remove);
    expect(
      await owner.ask('ls /opt/altsmith /etc/altsmith /var/lib/altsmith /usr/local/bin/altsmith 2>/dev/null || true'),
    ).toBe('');
    await expect(isReady()).rejects.toThrow();
  } finally {
    await machine.remove();
  }
});

/** What systemd would start, with the limits that do not need systemd: no new privileges, no capability, few files, its own umask. */
function asUnit(stranger: Stranger, unit: string, env: Readonly<Record<string, string>>) {
  const [, ...words] = valueOf(unit, 'ExecStart').split(' ');
  // A machine that allows fewer files than the unit asks for allows no program to ask for them.
  const most =
    Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.replace(/\D+/, '')) || Infinity;
  const limits = [`--nofile=${Math.min(most, Number(valueOf(unit, 'LimitNOFILE')))}`];
  const cage = ['setpriv', '--no-new-privs', '--inh-caps=-all'];
  return stranger.start('prlimit', [...limits, ...cage, path.join(archive, 'altsmith'), ...words], env);
}

test('the prepared archive runs as its unit says: read-only, without capabilities, and ends in time at SIGTERM', async () => {
  sealFolder(archive);
  const before = contentsOf(archive);
  const stranger = new Stranger();
  try {
    const { child, ended, text } = asUnit(stranger, 'altsmith.service', {});
    const address = await waitFor('the address', () => /"url":"([^"]+)"/.exec(text())?.[1], { timeoutMs: 120_000 });
    await waitFor('ready', async () => (await fetch(`${address}/readyz`)).status === 200, { timeoutMs: 120_000 });
    const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
    expect(/^CapEff:\s*(\S+)/m.exec(status)?.[1]).toMatch(/^0+$/);
    expect(/^NoNewPrivs:\s*(\S+)/m.exec(status)?.[1]).toBe('1');
    const key = readFileSync(path.join(stranger.dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1) ?? '';
    const body = readFileSync(path.join(archive, 'app/tests/fixtures/images/cat.jpg'));
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'image/jpeg' };
    const answer = await fetch(`${address}/v1/captions`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ caption: expect.stringContaining('cat') });
    // The journal is kept and read by others.
    expect(text()).not.toContain(key);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(existsSync(stranger.npmCalls)).toBe(false);
    expect(contentsOf(archive)).toEqual(before);
  } finally {
    stranger.leave();
    spawnSync('chmod', ['-R', 'u+w', archive]);
  }
});

test('a link to the launcher works, from any folder', () => {
  mkdirSync(path.join(folder, 'bin'));
  const link = path.join(folder, 'bin/altsmith');
  spawnSync('ln', ['-s', path.join(archive, 'altsmith'), link]);
  const { status, stdout } = spawnSync(link, ['--help'], {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining('Usage: altsmith')]);
});
