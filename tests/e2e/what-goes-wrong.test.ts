import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { makeKey } from '../support/admin-key';
import { AdminBrowser } from '../support/admin-browser';
import { barriers } from '../support/axe';
import { PHOTOGRAPHS } from '../support/review-flow';
import { SidecarProcess } from '../support/sidecar-process';
import { TroubleFront, type FrontTrouble } from '../support/trouble-front';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(400_000);

const KEY = 'alt_0123456789abcdef_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq';
/** PHP says so when its memory is used up. */
const EXPECTED = /Allowed memory size/;

let sidecar: SidecarProcess;
let front: TroubleFront;
let site: WordPressSite;
let admin: AdminBrowser;

beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  front = new TroubleFront(sidecar.url);
  await front.start();
  site = await WordPressSite.start({ cron: false });
  await connect(front.url, sidecar.key);
  admin = await AdminBrowser.open(site.url, 'wrong');
  await admin.logIn();
});
afterAll(async () => {
  await admin.close();
  await front.stop();
  await sidecar.remove();
  await site.remove(EXPECTED);
});

const connect = (address: string, key: string): Promise<unknown> =>
  site.inWordPress(`update_option( 'altsmith_sidecar_url', '${address}' ); update_option( 'altsmith_site_key', '${key}' );
    return true;`);

/** Field of the settings page, what is typed, and words of what is said beside the field. */
type Wrong = readonly [label: string, typed: string, told: string];
const address = (typed: string, told: string): Wrong => ['Sidecar address', typed, told];
const key = (typed: string, told: string): Wrong => ['Site key', typed, told];
const code = (typed: string, told: string): Wrong => ['One-time code', typed, told];
const mail = (typed: string): Wrong => ['Send it to', typed, 'is not an e-mail address'];

/** What is typed before the form is saved, time after time. A code is exchanged only where the address is right. */
const ROUNDS: readonly (readonly Wrong[])[] = [
  [
    address('ftp://sidecar.local:8787', 'begins with http:// or https://'),
    key('alt_0123 456', 'no spaces'),
    mail('the editors'),
  ],
  [address('http:/127.0.0.1:8787', 'two slashes'), key('schlüssel', 'plain letters'), mail('one@example.test, two@')],
  [address('http://127.0.0.1 :8787', 'no spaces'), key('••••••••', 'dots')],
  [address('http:\\\\127.0.0.1', '“/”'), key('http://127.0.0.1:8787', 'This is an address')],
  [address('http://:8787', 'no host name'), key('/srv/altsmith/data/first-key.txt', 'last line')],
  [address('http://127.0.0.1:87870', 'at most 65535'), key('alt_0123456789abcdef_ABCDEFG', 'not the whole key')],
  [address('http://me:secret@sidecar.local', 'user name and password'), key('a'.repeat(201), 'too long')],
  [address('http://127.0.0.1:8787/?key=1', 'Leave out')],
  [address('0.0.0.0:8787', 'use 127.0.0.1')],
  [address('http://127.0.0:8787', 'characters')],
  [address(KEY, 'looks like the site key')],
  [code('7K3QM', 'ten letters and digits')],
  [code('AAAAA-AAAAA', 'does not know this code')],
  [code(KEY, 'This is a site key')],
];

test('of each wrong setting it is said beside its field what is wrong, and what was stored stays', async () => {
  const { page } = admin;
  const stored = () =>
    site.inWordPress(
      `return array( get_option( 'altsmith_sidecar_url' ), get_option( 'altsmith_site_key' ), get_option( 'altsmith_settings' ) );`,
    );
  const choices = `array( 'digest_to' => 'owner@example.test' ) + Altsmith\\Settings::defaults()`;
  await site.inWordPress(`return update_option( 'altsmith_settings', ${choices} );`);
  const before = await stored();
  let told = 0;
  for (const round of ROUNDS) {
    await admin.go('/wp-admin/options-general.php?page=altsmith');
    for (const [label, typed] of round) await page.getByLabel(label, { exact: true }).fill(typed);
    await page.getByRole('button', { name: 'Save Changes' }).click();
    await page
      .locator('.altsmith-field-error')
      .nth(round.length - 1)
      .waitFor();
    expect(await page.locator('.altsmith-field-error').count()).toBe(round.length);
    for (const [label, , words] of round) {
      const field = page.getByLabel(label, { exact: true });
      const beside = page.locator('tr', { has: field }).locator('.altsmith-field-error');
      expect(await beside.innerText()).toContain(words);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await field.getAttribute('aria-describedby')).toContain((await beside.getAttribute('id')) ?? 'no id');
      told += 1;
    }
    expect(await stored()).toEqual(before);
  }
  expect(told).toBeGreaterThanOrEqual(15);
  expect(await barriers(page, '.wrap')).toEqual([]);
  await admin.picture('1-settings');
});

/** One run in the background in a process of its own, which a picture may end. */
const run = (): Promise<unknown> =>
  site
    .php([
      '-d',
      'memory_limit=96M',
      '-r',
      `$_SERVER['HTTP_HOST'] = '127.0.0.1'; require '${site.wordpress}/wp-load.php'; do_action( 'altsmith_sync' );`,
    ])
    .catch(() => undefined);

/** Ends every wait, as time would. */
const later = (): Promise<unknown> =>
  site.inWordPress(`
    $wpdb->query( "UPDATE {$wpdb->prefix}altsmith_requests SET next_attempt_at = 0 WHERE status = 'queued'" );
    $pause = get_option( 'altsmith_pause' );
    return is_array( $pause ) ? update_option( 'altsmith_pause', array( 'until' => 0 ) + $pause ) : null;`);

interface Row {
  readonly attachment_id: number;
  readonly status: string;
  readonly attempts: number;
  readonly error_message: string;
}
const rows = async (ids: readonly number[]): Promise<readonly Row[]> => {
  const found: readonly Record<string, string>[] = await site.inWordPress(
    `return $wpdb->get_results( "SELECT attachment_id, status, attempts, error_message FROM {$wpdb->prefix}altsmith_requests WHERE attachment_id IN (${ids.join()}) ORDER BY attachment_id" );`,
  );
  return found.map((row) => ({
    attachment_id: Number(row['attachment_id']),
    status: row['status'] ?? '',
    attempts: Number(row['attempts']),
    error_message: row['error_message'] ?? '',
  }));
};

/** Sends and reads until each of them has a suggestion. */
const untilSuggested = (ids: readonly number[]): Promise<unknown> =>
  waitFor(
    `suggestions for ${ids.length} images`,
    async () => {
      await later();
      await run();
      const shown: readonly string[] = await site.inWordPress(
        `return array_map( static fn( $id ) => ( new Altsmith\\Storage\\Request_Store() )->find( $id )->display_status(), array( ${ids.join()} ) );`,
      );
      return shown.every((status) => status === 'pending');
    },
    { timeoutMs: 120_000, everyMs: 300 },
  );

/** An attachment as a program leaves it that writes files and rows by itself: without sub-sizes. */
const withoutSizes = (file: string): Promise<number> =>
  site.inWordPress(`$target = wp_upload_dir()['path'] . '/' . basename( '${file}' );
    copy( '${file}', $target );
    list( $width, $height ) = getimagesize( $target );
    $id = wp_insert_attachment( array( 'post_title' => basename( $target ), 'post_mime_type' => 'image/png' ), $target );
    wp_update_attachment_metadata( $id, array( 'width' => $width, 'height' => $height, 'file' => _wp_relative_upload_path( $target ) ) );
    return $id;`);

/** A PNG of more than a megabyte, most of it in one corner; the rest is one colour. */
async function heavyPng(name: string): Promise<string> {
  const file = path.join(site.folder, name);
  const noise = await sharp({
    create: {
      width: 800,
      height: 800,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer();
  await sharp({ create: { width: 1600, height: 1600, channels: 3, background: '#3a7' } })
    .composite([{ input: noise, left: 0, top: 0 }])
    .png({ compressionLevel: 6 })
    .toFile(file);
  return file;
}

test('in front of twenty good pictures: a heavy one, one that ends PHP, one whose file is gone, one at which a filter throws', async () => {
  // Nothing is sent before all of them are there.
  await site.inWordPress(
    `return update_option( 'altsmith_pause', array( 'until' => time() + 3600, 'failures' => 1, 'code' => '', 'message' => '' ) );`,
  );
  const heavy = await withoutSizes(await heavyPng('heavy.png'));
  const fatal = await site.sideload(path.join(PHOTOGRAPHS, 'tourist.jpg'), 'Fatal');
  const gone = await site.sideload(path.join(PHOTOGRAPHS, 'coffee.jpg'), 'Gone');
  const thrown = await site.sideload(path.join(PHOTOGRAPHS, 'cat.jpg'), 'Thrown');
  const uploads = path.join(site.wordpress, 'wp-content/uploads');
  for (const file of readdirSync(uploads, { recursive: true, encoding: 'utf8' }))
    if (path.basename(file).startsWith('coffee')) rmSync(path.join(uploads, file));
  const plugins = path.join(site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(plugins, { recursive: true });
  writeFileSync(
    path.join(plugins, 'throws.php'),
    `<?php add_filter( 'altsmith_request_context', function ( $context, $id ) {
      // As an image editor does with a picture that is too large.
      for ( $memory = 'x'; ${fatal} === $id; ) { $memory .= str_repeat( $memory, 2 ); }
      if ( ${thrown} === $id ) { throw new RuntimeException( 'no such table' ); }
      return $context; }, 10, 2 );`,
  );
  const good: number[] = [];
  const photographs = readdirSync(PHOTOGRAPHS).filter((file) => file.endsWith('.jpg') && file !== 'coffee.jpg');
  for (let index = 0; index < 20; index += 1) {
    const file = photographs[index % photographs.length] ?? '';
    good.push(await site.sideload(path.join(PHOTOGRAPHS, file), `Good ${index}`));
  }
  expect(Math.min(...good)).toBeGreaterThan(Math.max(heavy, fatal, gone, thrown));
  expect((await rows([heavy, fatal, gone, thrown, ...good])).map((row) => [row.status, row.attempts])).toEqual(
    Array.from({ length: 24 }, () => ['queued', 0]),
  );

  await untilSuggested([heavy, ...good]);
  // Those that cannot be sent are tried again until they are given up: eight times, where a file may come back.
  await site.inWordPress(
    `return $wpdb->query( "UPDATE {$wpdb->prefix}altsmith_requests SET attempts = 7 WHERE attachment_id = ${gone} AND attempts > 0" );`,
  );
  const bad = await waitFor(
    'three failed images',
    async () => {
      await later();
      await run();
      const found = await rows([fatal, gone, thrown]);
      if (found.some((row) => row.status !== 'failed')) throw new Error(JSON.stringify(found));
      return found;
    },
    { timeoutMs: 120_000, everyMs: 100 },
  );
  const reasons = ['PHP stopped 3 times while this image was being prepared', 'is not on this server', 'no such table'];
  for (const [index, reason] of reasons.entries()) expect(bad[index]?.error_message).toContain(reason);
  await admin.go('/wp-admin/upload.php?page=altsmith-review&failed=1');
  const list = admin.page.locator('.altsmith-failed__list');
  for (const reason of reasons) await list.getByText(reason).waitFor();
  expect(await list.locator('li').count()).toBe(3);
  // The picture whose file is gone is no broken one.
  await list.locator('.altsmith-failed__none').waitFor();
  await admin.picture('2-failed');
});

test('trouble between site and sidecar costs no attempt and is told in one sentence, and everything comes by itself afterwards', async () => {
  rmSync(path.join(site.wordpress, 'wp-content/mu-plugins/throws.php'));
  const workers = makeKey(sidecar.dataDir, 'worker');
  const ways: readonly (readonly [FrontTrouble, key: string, told: string])[] = [
    [502, sidecar.key, 'HTTP status 502'],
    [504, sidecar.key, 'HTTP status 504'],
    [403, sidecar.key, 'HTTP status 403'],
    ['path below v1', sidecar.key, '“/v1”'],
    ['foreign host', sidecar.key, 'Host'],
    ['none', workers, 'key'],
  ];
  front.trouble = 502;
  const ids: number[] = [];
  for (const name of ['coffee', 'parthenon', 'cat'])
    ids.push(await site.sideload(path.join(PHOTOGRAPHS, `${name}.jpg`), name));
  const { page } = admin;
  for (const [trouble, key, told] of ways) {
    front.trouble = trouble;
    await connect(front.url, key);
    for (let runs = 0; runs < 3; runs += 1) {
      await later();
      await run();
    }
    expect((await rows(ids)).map((row) => [row.status, row.attempts])).toEqual(ids.map(() => ['queued', 0]));
    expect(await site.inWordPress(`return get_option( 'altsmith_pause' )['message'];`)).toContain(told);
    await admin.go('/wp-admin/options-general.php?page=altsmith');
    await page.locator('#altsmith-connection .components-notice').filter({ hasText: told }).waitFor();
  }
  front.trouble = 'none';
  // What an owner may type as well.
  await connect(`${front.url}/v1/`, sidecar.key);
  await untilSuggested(ids);
  expect(await site.inWordPress(`return get_option( 'altsmith_pause' );`)).toBe(false);
});
