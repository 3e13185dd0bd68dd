import { readdirSync } from 'node:fs';
import path from 'node:path';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(600_000);

/** How many images the library has; every thirteenth shares its bytes with another, as in real libraries. */
const IMAGES = 1000;
/** Texts that people wrote before, some of them odd. They must come out as they went in, byte for byte. */
const BY_HAND = ['A text by hand', ' two  spaces and a trailing tab\t', 'quotes " \\ and <b>', '50%ab & co'];

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('backfill')));
afterAll(() => flow.stop());

/** Runs PHP inside WordPress and gives what it returns. */
async function inWordPress(code: string): Promise<any> {
  const load = `$_SERVER['HTTP_HOST'] = '127.0.0.1'; require '${flow.site.wordpress}/wp-load.php'; global $wpdb;`;
  const { stdout } = await flow.site.php([
    '-r',
    `${load} echo json_encode( ( function () use ( $wpdb ) { ${code} } )() );`,
  ]);
  return JSON.parse(stdout);
}

/** Alt texts of the whole library, with "no row" and "empty row" told apart. */
const allTexts = () =>
  inWordPress(`return $wpdb->get_results( "SELECT p.ID, m.meta_value AS alt FROM $wpdb->posts p
    LEFT JOIN $wpdb->postmeta m ON m.post_id = p.ID AND m.meta_key = '_wp_attachment_image_alt'
    WHERE p.post_type = 'attachment' ORDER BY p.ID" );`);

async function backfill(body?: object): Promise<any> {
  const { status, body: answer } = await flow.site.rest(body ? 'POST' : 'GET', '/altsmith/v1/backfill', body);
  if (status !== 200) throw new Error(`backfill: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Copies rows instead of uploading: a thousand uploads would test WordPress, and take minutes. */
async function fillLibrary(): Promise<void> {
  await inWordPress(
    `update_option( 'altsmith_settings', array( 'automatic' => false ) + Altsmith\\Settings::defaults() );`,
  );
  const files = readdirSync(PHOTOGRAPHS).filter((file) => file.endsWith('.jpg'));
  const first: number[] = [];
  for (const file of files) first.push(await flow.site.sideload(path.join(PHOTOGRAPHS, file), path.parse(file).name));
  await inWordPress(`
    $models = array( ${first.join(', ')} );
    for ( $i = count( $models ); $i < ${IMAGES}; $i++ ) {
      $from = $models[ $i % count( $models ) ];
      $wpdb->insert( $wpdb->posts, array( 'post_title' => "Image $i", 'post_type' => 'attachment', 'post_status' => 'inherit', 'post_mime_type' => 'image/jpeg', 'post_author' => 1, 'post_name' => "image-$i" ) );
      $id = $wpdb->insert_id;
      foreach ( array( '_wp_attached_file', '_wp_attachment_metadata' ) as $key ) {
        $wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => $key, 'meta_value' => $wpdb->get_var( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $from, $key ) ) ) );
      }
      if ( 0 === $i % 50 ) {
        $texts = json_decode( base64_decode( '${Buffer.from(JSON.stringify(BY_HAND)).toString('base64')}' ) );
        $wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => '_wp_attachment_image_alt', 'meta_value' => $texts[ intdiv( $i, 50 ) % count( $texts ) ] ) );
      }
    }
    wp_cache_flush();`);
}

test('a thousand images: browser closed, PHP and sidecar killed in between, nothing twice, all undone', async () => {
  await fillLibrary();
  const before = await allTexts();
  const { counts, preview } = await backfill();
  expect(counts).toMatchObject({ total: IMAGES, with_text: 19, missing: IMAGES - 19 });
  expect(preview).toEqual({
    taken: IMAGES - 19,
    skipped: [expect.objectContaining({ reason: 'has_text', count: 19 })],
  });

  await flow.admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  await flow.admin.page.getByText('981 images would be sent.').waitFor();
  await flow.admin.picture('1-counts');
  await flow.admin.page.getByRole('button', { name: 'Start', exact: true }).click();
  await flow.admin.page.getByRole('progressbar', { name: 'Images that are done' }).waitFor();
  await flow.admin.picture('2-running');
  await flow.admin.page.goto('about:blank');

  const ended = async () => {
    await flow.site.visit();
    const { run, history } = await backfill();
    return (run ?? history[0]).ended as number;
  };
  const patience = { timeoutMs: 240_000, everyMs: 700 };
  await waitFor('the first hundred', async () => (await ended()) > 100, patience);
  await flow.sidecar.stop('SIGKILL');
  await flow.site.visit();
  await flow.sidecar.start();
  await waitFor('half of them', async () => (await ended()) > IMAGES / 2, patience);
  await flow.site.killRequests();
  await waitFor('all of them', async () => (await ended()) === IMAGES - 19, patience);
  await waitFor(
    'the run to be done',
    async () => (await backfill()).run === null || flow.site.visit().then(() => false),
    patience,
  );

  const { history } = await backfill();
  expect(history[0]).toMatchObject({ state: 'done', expected: IMAGES - 19, suggested: IMAGES - 19, failed: 0 });
  expect(await allTexts()).toEqual(before);
  const perImage = await inWordPress(
    `return $wpdb->get_results( "SELECT attachment_id, COUNT(*) AS n FROM {$wpdb->prefix}altsmith_requests GROUP BY attachment_id HAVING n > 1" );`,
  );
  expect(perImage).toEqual([]);
  const { body: run } = await flow.sidecar.call('GET', `/v1/runs/${history[0].id}`);
  expect(run.run.jobs).toMatchObject({ done: IMAGES - 19, failed: 0, waiting: 0, running: 0 });

  // A person approves sixty of them, and changes two of those again.
  const { body: list } = await flow.site.rest('GET', '/altsmith/v1/suggestions?per_page=60');
  const decisions = list.items.map((one: any) => ({
    suggestion_id: one.id,
    action: 'approve',
    version: one.version,
    seen: one.current_alt,
  }));
  const { body: decided } = await flow.site.rest('POST', '/altsmith/v1/decisions', { decisions });
  expect(decided.items.filter((one: any) => one.suggestion?.state === 'applied')).toHaveLength(60);
  const changed = list.items.slice(0, 2).map((one: any) => one.attachment_id);
  for (const id of changed) await flow.site.rest('POST', `/wp/v2/media/${id}`, { alt_text: 'Better words' });

  await flow.admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  await flow.admin.page.getByRole('button', { name: 'Undo this run' }).click();
  await flow.admin.page.getByRole('button', { name: /^Yes, give back/ }).click();
  await flow.admin.page.locator('[data-run][data-state=undone]').waitFor();
  await flow.admin.picture('3-undone');
  const expected = before.map((one: any) => (changed.includes(Number(one.ID)) ? { ...one, alt: 'Better words' } : one));
  await waitFor(
    'every text to be what it was',
    async () => {
      await flow.site.visit();
      return JSON.stringify(await allTexts()) === JSON.stringify(expected);
    },
    { timeoutMs: 120_000, everyMs: 1000 },
  );
  expect(flow.admin.errors).toEqual([]);
  expect(flow.site.debugLog).toBe('');
});
