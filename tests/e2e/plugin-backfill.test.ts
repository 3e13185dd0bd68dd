import Database from 'better-sqlite3';
import path from 'node:path';
import { AdminBrowser } from '../support/admin-browser';
import { addPictures, copyAttachments, letAMinutePass, setAutomatic, visitAsMinutesPass } from '../support/library';
import { ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

/** `npm run test:nightly` has a thousand. */
const IMAGES = Number(process.env.ALTSMITH_TEST_IMAGES ?? '500');
/** So many of them differ, and keep the model at work; the others share their bytes with one of these. */
const PICTURES = 60;
/** Texts that people wrote before, some of them odd. They must come out as they went in, byte for byte. */
const BY_HAND = [
  'A text by hand',
  ' two  spaces and a trailing tab\t',
  'quotes " \\ and <b>',
  '50%ab & co',
  'e\u0301 👩‍🚀 \u200b',
];
/** From the hundredth image on, every twentieth has one. */
const WITH_TEXT = 16;
/** So many images without a text get one in the end. */
const APPROVED = 60;

/** "Better words" in hexadecimal. */
const BETTER = Buffer.from('Better words').toString('hex').toUpperCase();

let flow: ReviewFlow;
/** The first browser is closed in the middle. */
let later: AdminBrowser | null = null;
beforeAll(async () => (flow = await ReviewFlow.start('backfill')));
afterAll(async () => {
  await later?.close();
  await flow.stop();
});

/** Alt texts of the whole library, byte for byte, with "no row" and "empty row" told apart. */
const allTexts = () =>
  flow.site.inWordPress(`return $wpdb->get_results( "SELECT p.ID, HEX(m.meta_value) AS alt FROM $wpdb->posts p
    LEFT JOIN $wpdb->postmeta m ON m.post_id = p.ID AND m.meta_key = '_wp_attachment_image_alt'
    WHERE p.post_type = 'attachment' ORDER BY p.ID" );`);

async function backfill(choices = ''): Promise<any> {
  const { status, body } = await flow.site.rest('GET', `/altsmith/v1/backfill${choices}`);
  if (status !== 200) throw new Error(`backfill: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** One line of the sidecar's own database. */
function inSidecar(sql: string): any {
  const db = new Database(path.join(flow.sidecar.dataDir, 'altsmith.db'), { readonly: true });
  try {
    return db.prepare(sql).get();
  } finally {
    db.close();
  }
}

/** Whether a process of PHP works for the plugin, or died while it did. */
const isAtWork = () =>
  flow.site.inWordPress(
    `return (bool) $wpdb->get_var( "SELECT option_id FROM $wpdb->options WHERE option_name = 'altsmith_lock_worker'" );`,
  );

/** Strangers visit the site, minute after minute, and nobody does anything else. */
const waitWhileVisited = (what: string, isSo: () => Promise<boolean>) =>
  waitFor(
    what,
    async () => {
      await visitAsMinutesPass(flow.site);
      return isSo();
    },
    { timeoutMs: 180_000, everyMs: 1000 },
  );

/** How the sidecar stands with the run's jobs. */
type Jobs = Readonly<Record<'waiting' | 'running' | 'done' | 'failed', number>>;

async function jobsOf(run: string): Promise<Jobs> {
  const { body } = await flow.sidecar.call('GET', `/v1/runs/${run}`);
  return body.run.jobs;
}

async function fillLibrary(): Promise<void> {
  await setAutomatic(flow.site, false);
  const pictures = await addPictures(flow.site, PICTURES);
  const places = Array.from({ length: WITH_TEXT }, (_, count) => 100 + 20 * count);
  const byHand = new Map(places.map((place, count) => [place, BY_HAND[count % BY_HAND.length] ?? '']));
  await copyAttachments(flow.site, pictures, IMAGES, byHand);
  // What was counted slowly is kept for a minute, and on a busy machine that may be the empty library.
  await flow.site.inWordPress("return delete_transient( 'altsmith_library_counts' );");
}

/** Starts the run on the screen, over images with a text too, and closes the browser. */
async function startAndLeave(): Promise<void> {
  const { page } = flow.admin;
  await flow.admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  // The first run is limited to 20 images by default.
  await page.getByText('20 images will be sent.').waitFor();
  await flow.admin.picture('1-pilot');
  await page.getByLabel('At most').fill('');
  await page.getByText(`${IMAGES - WITH_TEXT} images will be sent.`).waitFor();
  await page.getByLabel('Also for images that have alt text').check();
  await page.getByText(`${IMAGES.toLocaleString('en')} images will be sent.`).waitFor();
  await flow.admin.picture('1-counts');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('progressbar', { name: 'Processed images' }).waitFor();
  await flow.admin.picture('2-running');
  await flow.admin.close();
  expect(page.isClosed()).toBe(true);
}

/** A power cut while jobs wait and one runs. What is left in the database of the dead process says that it was so. */
async function killSidecarAtWork(run: string): Promise<void> {
  const isAt = (what: string, isThere: (jobs: Jobs) => boolean) =>
    waitFor(what, async () => isThere(await jobsOf(run)), { timeoutMs: 60_000, everyMs: 20 });
  await isAt('twenty jobs', ({ done }) => done > 20);
  // A quick machine captions pictures as they come: nothing would wait.
  const workers = flow.sidecar.workerPids;
  for (const pid of workers) process.kill(pid, 'SIGSTOP');
  await isAt('jobs that wait behind others', ({ waiting }) => waiting > 0);
  await flow.sidecar.stop('SIGKILL');
  for (const pid of workers) process.kill(pid, 'SIGCONT');
  const left = inSidecar("SELECT count(*) AS open FROM jobs WHERE state IN ('waiting', 'running')");
  expect(left.open).toBeGreaterThan(0);
  // WordPress notices that nobody is there.
  await waitFor('the pause', () => flow.site.inWordPress(`return false !== get_option( 'altsmith_pause' );`));
  await flow.sidecar.start();
}

/** Kills PHP while it sends: the lock of the process that died is left behind, and part of the library is not sent. */
async function killPhpAtWork(run: string): Promise<void> {
  const sent = async () => Object.values(await jobsOf(run)).reduce((sum, one) => sum + one, 0);
  do {
    await waitFor(
      'a third of the library to be sent',
      async () => {
        await flow.site.visit();
        return (await sent()) >= IMAGES / 3;
      },
      { timeoutMs: 120_000 },
    );
    await flow.site.killRequests();
  } while (!(await isAtWork()) && (await sent()) < IMAGES);
  expect(await sent()).toBeLessThan(IMAGES);
}

/** Approves what waits for the images that have a text and for some that have none; gives the ids of the latter. */
async function approveSome(): Promise<number[]> {
  const items: any[] = [];
  for (let page = 1; page <= IMAGES / 100; page++) {
    const { body } = await flow.site.rest('GET', `/altsmith/v1/suggestions?per_page=100&page=${page}`);
    items.push(...body.items);
  }
  const had = items.filter((one) => one.current_alt !== '');
  const hadNot = items.filter((one) => one.current_alt === '').slice(0, APPROVED);
  expect(had).toHaveLength(WITH_TEXT);
  const decisions = [...had, ...hadNot].map((one) => ({
    suggestion_id: one.id,
    action: 'approve',
    version: one.version,
    seen: one.current_alt,
  }));
  const { body: decided } = await flow.site.rest('POST', '/altsmith/v1/decisions', { decisions });
  const applied = decided.items.filter((one: any) => one.suggestion?.state === 'applied');
  expect(applied).toHaveLength(WITH_TEXT + APPROVED);
  return hadNot.map((one) => one.attachment_id);
}

/** Presses the button in a new browser. */
async function undo(): Promise<void> {
  later = await AdminBrowser.open(flow.site.url, 'backfill');
  await later.logIn();
  await later.go('/wp-admin/upload.php?page=altsmith-backfill');
  await later.page.getByRole('button', { name: 'Undo this run' }).click();
  await later.page.getByRole('button', { name: /^Restore/ }).click();
  await later.page.locator('[data-run][data-state=undone]').waitFor();
  await later.picture('3-undone');
}

test('hundreds of images: browser closed, PHP and sidecar killed in between, nothing twice, all undone', async () => {
  await fillLibrary();
  const before = await allTexts();
  expect(before).toHaveLength(IMAGES);
  await waitWhileVisited(
    'the posts to be looked through',
    async () => (await backfill('?overwrite=false')).preview.index_ready,
  );
  const { counts, preview } = await backfill('?overwrite=false');
  expect(counts).toMatchObject({ total: IMAGES, with_text: WITH_TEXT, missing: IMAGES - WITH_TEXT });
  expect(preview).toEqual({
    index_ready: true,
    taken: IMAGES - WITH_TEXT,
    skipped: [expect.objectContaining({ reason: 'has_text', count: WITH_TEXT })],
  });

  await startAndLeave();
  const { run } = await backfill();
  await killSidecarAtWork(run.id);
  await letAMinutePass(flow.site);
  await killPhpAtWork(run.id);
  await letAMinutePass(flow.site);
  await waitWhileVisited('the run to be done', async () => (await backfill()).run === null);

  const { history } = await backfill();
  expect(history[0]).toMatchObject({ state: 'done', expected: IMAGES, suggested: IMAGES, failed: 0 });
  expect(await jobsOf(run.id)).toMatchObject({ done: IMAGES, failed: 0, waiting: 0, running: 0 });
  const once = { all: IMAGES, images: IMAGES };
  for (const table of ['jobs', 'suggestions'])
    expect(inSidecar(`SELECT count(*) AS "all", count(DISTINCT subject_id) AS images FROM ${table}`)).toEqual(once);
  expect(
    await flow.site.inWordPress(
      `return array_map( 'intval', $wpdb->get_row( "SELECT COUNT(*) AS 'all', COUNT(DISTINCT attachment_id) AS images FROM {$wpdb->prefix}altsmith_requests", ARRAY_A ) );`,
    ),
  ).toEqual(once);
  expect(await allTexts()).toEqual(before);

  const changed = (await approveSome()).slice(0, 2);
  for (const id of changed) await flow.site.rest('POST', `/wp/v2/media/${id}`, { alt_text: 'Better words' });
  const approved = await allTexts();
  expect(approved.filter((one: any, place: number) => one.alt !== before[place].alt)).toHaveLength(
    WITH_TEXT + APPROVED,
  );
  await undo();
  const expected = before.map((one: any) => (changed.includes(Number(one.ID)) ? { ...one, alt: BETTER } : one));
  await waitWhileVisited(
    'every text to be what it was',
    async () => JSON.stringify(await allTexts()) === JSON.stringify(expected),
  );
  expect([...flow.admin.errors, ...(later?.errors ?? [])]).toEqual([]);
  expect(flow.site.debugLog).toBe('');
});
