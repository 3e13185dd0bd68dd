import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { WordPressSite } from '../../support/wordpress-site';
import { screens, useDuring } from './screens';
import { visitors } from './visitors';

/** Filling and measuring 100,000 attachments on a busy machine. */
const LIMIT_MS = 30 * 60_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Fills a library with SQL, and prints milliseconds and queries of each kind of request, measured inside WordPress. */
export async function main(words: readonly string[], root: string): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      images: { type: 'string', default: '100000' },
      requests: { type: 'string', default: '40000' },
      'with-browser': { type: 'boolean', default: false },
    },
  });
  // Connected to an address where nothing answers: an upload is noted, and nothing is sent.
  const constants = { ALTSMITH_SIDECAR_URL: 'http://127.0.0.1:9', ALTSMITH_SITE_KEY: 'key-of-the-bench' };
  const site = await WordPressSite.start({ requestLog: true, constants });
  try {
    const run = async (file: string): Promise<string> =>
      String(
        await site.inWordPress(
          `
          putenv( 'BENCH_IMAGES=${Number(values.images)}' );
          putenv( 'BENCH_REQUESTS=${Number(values.requests)}' );
          ob_start();
          require '${path.join(root, 'tests/bench/library', file)}';
          return ob_get_clean();`,
          LIMIT_MS,
        ),
      );
    await run('fill.php');
    const load = os.loadavg()[0]?.toFixed(1) ?? '?';
    say(
      `WordPress ${site.facts.wordpress}, PHP ${site.facts.php}, MariaDB; ${os.cpus().length} processors, load ${load}`,
    );
    say(`${values.images} attachments, ${values.requests} requests`);
    const measured = run('measure.php');
    const used = values['with-browser'] ? await useDuring(site, measured) : 0;
    say(await measured);
    if (values['with-browser']) say(`${used} screens were used in Chromium meanwhile`);
    for (const line of await visitors(site, root)) say(line);
    for (const line of await screens(site)) say(line);
  } finally {
    await site.remove();
  }
}
