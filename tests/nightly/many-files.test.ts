import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { WordPressSite } from '../support/wordpress-site';

const PLUGIN = path.resolve(__dirname, '../../plugin');

test('of a thousand files with thumbnails made again or optimised none is superseded or asked again', async () => {
  const site = await WordPressSite.start({ cron: false });
  try {
    const options = {
      cwd: PLUGIN,
      env: { ...process.env, WP_DIR: site.wordpress, ALTSMITH_MANY_FILES: '1000' },
      maxBuffer: 16e6,
    };
    const { stdout } = await promisify(execFile)(
      'phpunit',
      ['-c', path.join(PLUGIN, 'phpunit.xml.dist'), '--filter', 'test_many_files_with_other_bytes'],
      options,
    );
    expect(stdout).toContain('OK (1 test');
  } finally {
    await site.remove();
  }
}, 2_400_000);
