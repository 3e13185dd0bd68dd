import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { copyAttachments, setAutomatic } from '../../support/library';
import { quantile } from '../../support/quantile';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { WordPressSite, type LoggedRequest } from '../../support/wordpress-site';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Requests of the plugin's own that do the work, and those of a screen that watches it. */
const KINDS: readonly (readonly [string, (one: LoggedRequest) => boolean])[] = [
  ['work (the site wakes itself)', ({ request }) => request.includes('/altsmith/v1/work')],
  ['cron', ({ request }) => request.includes('wp-cron.php')],
  [
    'progress on the screen, when most is done',
    ({ request }) => request.startsWith('GET') && request.includes('_fields'),
  ],
  ['opening the screen', ({ request }) => request.startsWith('GET') && request.endsWith('/altsmith/v1/backfill')],
  ['start', ({ request }) => request.startsWith('POST') && request.includes('/altsmith/v1/backfill')],
  ['one page of the review list', ({ request }) => request.includes('/altsmith/v1/suggestions')],
];

const LATEST = 20;

/** Prints how long a backfill takes and how much memory each PHP request needed for it. */
export async function main(words: readonly string[], root: string): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { images: { type: 'string', default: '10000' } },
  });
  const images = Number(values.images);
  const sidecar = await SidecarProcess.start();
  let site: WordPressSite | null = null;
  try {
    const constants = { ALTSMITH_SIDECAR_URL: sidecar.url, ALTSMITH_SITE_KEY: sidecar.key };
    site = await WordPressSite.start({ constants, requestLog: true });
    await setAutomatic(site, false);
    const first = await site.sideload(path.join(root, 'tests/fixtures/images/cat.jpg'), 'cat');
    // One picture under many attachments: the model looks once, and what is measured is WordPress, the plugin and the queue.
    await copyAttachments(site, [first], images);
    say(
      `WordPress ${site.facts.wordpress}, PHP ${site.facts.php}, MariaDB; ${os.cpus().length} processors, load ${os.loadavg()[0]?.toFixed(1)}`,
    );
    await runThrough(site, images);
    report(site.requests);
  } finally {
    await site?.remove();
    await sidecar.remove();
  }
}

async function runThrough(site: WordPressSite, images: number): Promise<void> {
  const began = performance.now();
  const { status, body } = await site.rest('POST', '/altsmith/v1/backfill', { action: 'start' });
  if (status !== 200) throw new Error(JSON.stringify(body));
  // As the open screen asks.
  const isOver = async () => {
    await site.visit();
    const { body: now } = await site.rest('GET', '/altsmith/v1/backfill?_fields=run');
    return now.run === null;
  };
  await waitFor('the run to be done', isOver, { timeoutMs: 3_600_000, everyMs: 2000 });
  const seconds = (performance.now() - began) / 1000;
  const run = (await site.rest('GET', '/altsmith/v1/backfill')).body.history[0];
  say(
    `${run.suggested} of ${images} suggested, ${run.failed} failed, in ${seconds.toFixed(0)} s: ${(images / seconds).toFixed(1)} a second`,
  );
  for (const page of [1, Math.ceil(images / 200), Math.ceil(images / 100)])
    await site.rest('GET', `/altsmith/v1/suggestions?per_page=100&page=${page}`);
  for (let count = 0; count < 10; count++) await site.rest('GET', '/altsmith/v1/backfill');
}

function report(requests: readonly LoggedRequest[]): void {
  say('| request | n | most memory MB | ms median | ms most |\n| --- | --- | --- | --- | --- |');
  for (const [name, isIt] of KINDS) {
    // Of a request that is made all the time the last ones count: they have the most to count.
    const found = requests.filter(isIt).slice(-LATEST);
    const times = found.map((one) => one.total_ms);
    if (found.length === 0) continue;
    const most = Math.max(...found.map((one) => one.memory_mb));
    say(
      `| ${name} | ${found.length} | ${most} | ${quantile(times, 0.5).toFixed(0)} | ${quantile(times, 1).toFixed(0)} |`,
    );
  }
}
