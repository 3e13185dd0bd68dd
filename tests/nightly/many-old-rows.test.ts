import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { WordPressSite } from '../support/wordpress-site';

const PLUGIN = path.resolve(__dirname, '../../plugin');

test('a site of version 0.1 with forty thousand open suggestions is updated: each is shown, decided and applied', async () => {
  const site = await WordPressSite.start({ cron: false });
  try {
    const options = {
      cwd: PLUGIN,
      env: { ...process.env, WP_DIR: site.wordpress, ALTSMITH_OLD_ROWS: '40000' },
      maxBuffer: 16e6,
    };
    const { stdout } = await promisify(execFile)(
      'phpunit',
      ['-c', path.join(PLUGIN, 'phpunit.xml.dist'), '--filter', 'ManyOldRowsTest'],
      options,
    );
    expect(stdout).toContain('OK (1 test');
  } finally {
    await site.remove();
  }
}, 2_400_000);
