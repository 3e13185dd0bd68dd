import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { WordPressSite } from '../support/wordpress-site';

const PLUGIN = path.resolve(__dirname, '../../plugin');

test('in ten thousand posts with every kind of place each is found within bounds, and a hundred rewrites come back byte for byte', async () => {
  const site = await WordPressSite.start({ cron: false });
  try {
    const options = {
      cwd: PLUGIN,
      env: { ...process.env, WP_DIR: site.wordpress, ALTSMITH_MANY_PLACES: '10000' },
      maxBuffer: 16e6,
    };
    const { stdout, stderr } = await promisify(execFile)(
      'phpunit',
      ['-c', path.join(PLUGIN, 'phpunit.xml.dist'), '--filter', 'ManyPlacesTest'],
      options,
    );
    process.stderr.write(stderr);
    expect(stdout).toContain('OK (1 test');
  } finally {
    await site.remove();
  }
}, 2_400_000);
