import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// onnxruntime reports to its maker unless told not to; what it would send it first keeps in the user's home.

const ROOT = path.resolve(__dirname, '../../..');
const SCRIPT = path.join(ROOT, 'tests/support/models/caption-files.cjs');

test('the process that runs a model keeps no device number and no report in the home of its user', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'altsmith-home-'));
  try {
    const files = [path.join(ROOT, 'tests/fixtures/images/cat.jpg')];
    const out = execFileSync(process.execPath, [SCRIPT], {
      input: JSON.stringify({ folder: path.join(ROOT, 'models/mini'), files, beams: [1] }),
      env: { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: path.join(home, 'cache') },
      encoding: 'utf8',
    });
    expect(out).toContain('cat');
    expect(readdirSync(home)).toEqual([]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}, 120_000);
