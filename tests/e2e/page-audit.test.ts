import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { AdminBrowser } from '../support/admin-browser';
import { barriers } from '../support/axe';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(180_000);

const SCREEN = '/wp-admin/upload.php?page=altsmith-audit';
const fine = '<img src="/boat.jpg" alt="A boat on a lake">';

/** Faults by page, each with the rule that must find it; beside them stands what is right. */
const PLANTED: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  One: [
    ['missing', '<p><img src="/1.jpg"></p>'],
    ['missing', '<p><a href="/x"><img src="/2.jpg"></a></p>'],
    ['missing', '<p><input type="image" src="/go.png"></p>'],
    ['missing', '<p><img src="/3.jpg" alt=" "></p>'],
    ['link', '<p><a href="/x"><img src="/4.jpg" alt=""></a></p>'],
  ],
  Two: [
    ['link', '<p><a href="/y"><img src="/5.jpg" alt="" role="presentation"></a></p>'],
    ['link', '<p><button><img src="/6.jpg" alt=""></button></p>'],
    ['decorative', '<p><img src="/7.jpg" alt="A line" role="presentation"></p>'],
    ['decorative', '<p><img src="/8.jpg" alt="A line" aria-hidden="true"></p>'],
    ['file_name', '<p><img src="/IMG_2041.jpg" alt="IMG_2041.jpg"></p>'],
  ],
  Three: [
    ['file_name', '<p><img src="/9.jpg" alt="DSC00412"></p>'],
    ['file_name', '<p><img src="/summer-party-2024-300x200.jpg" alt="summer-party-2024"></p>'],
    ['placeholder', '<p><img src="/10.jpg" alt="image"></p>'],
    ['placeholder', '<p><img src="/11.jpg" alt="Picture 3"></p>'],
    ['image_of', '<p><img src="/12.jpg" alt="Image of a dog"></p>'],
  ],
  Four: [
    ['image_of', '<p><img src="/13.jpg" alt="Bild von einem Hund"></p>'],
    ['caption', '<figure><img src="/14.jpg" alt="Our house"><figcaption>Our house</figcaption></figure>'],
    ['caption', '<figure><img src="/15.jpg" alt="our garden"><figcaption>Our <em>garden</em>.</figcaption></figure>'],
    ['neighbour', '<p>Our team</p><p><img src="/16.jpg" alt="Our team"></p>'],
    ['neighbour', '<p><a href="/contact"><img src="/17.jpg" alt="Contact"> Contact</a></p>'],
  ],
};
const BESIDE = `<p>${fine}</p><p><img src="/line.png" alt=""></p><p><a href="/x"><img src="/18.jpg" alt=""> Read more</a></p>
  <figure><img src="/19.jpg" alt="Two people in a boat"><figcaption>Lake Constance</figcaption></figure>`;

let site: WordPressSite;
let admin: AdminBrowser;

beforeAll(async () => {
  site = await WordPressSite.start({ cron: false });
  admin = await AdminBrowser.open(site.url, 'audit');
  await admin.logIn();
});
afterAll(async () => {
  await admin.close();
  await site.remove();
});

const audited = (): Promise<any> =>
  site.inWordPress(`
    $table = new Altsmith\\Audit\\Audit_Table();
    $audit = new Altsmith\\Audit\\Audit( $table );
    $audit->start();
    do { $ended = $audit->run( 1.0 ); } while ( ! $ended );
    return array( 'state' => $audit->state(), 'counts' => $table->counts(), 'items' => $table->list( 1, 100 ), 'memory' => memory_get_peak_usage() );`);

const publish = (title: string, html: string): Promise<number> =>
  site.inWordPress(`
    kses_remove_filters();
    return wp_insert_post( array( 'post_title' => '${title}', 'post_status' => 'publish', 'post_type' => 'page', 'post_content' => ${JSON.stringify(`<!-- wp:html -->${html}<!-- /wp:html -->`)} ) );`);

test('of the default theme, with all its patterns on a page, nothing false is said', async () => {
  await site.inWordPress(`
    kses_remove_filters();
    $theme = array_filter( WP_Block_Patterns_Registry::get_instance()->get_all_registered(), fn( $one ) => str_starts_with( $one['name'], get_stylesheet() . '/' ) );
    return wp_insert_post( array( 'post_title' => 'Patterns', 'post_name' => 'patterns', 'post_status' => 'publish', 'post_type' => 'page', 'post_content' => wp_slash( implode( "\n", array_column( $theme, 'content' ) ) ) ) );`);
  const { state, counts, items } = await audited();
  expect(state.state).toBe('done');
  expect(counts.unread).toBe(0);
  expect(counts.images).toBeGreaterThan(20);
  // The themes' own authors begin some texts with these words; that is true.
  const found = items.flatMap((one: any) => one.found);
  expect(
    found.filter(({ rule, alt }: any) => rule !== 'image_of' || !/^(?:image|picture|photo) of /i.test(alt)),
  ).toEqual([]);
  await site.inWordPress(`return wp_delete_post( get_page_by_path( 'patterns' )->ID, true )->ID;`);
});

test('the screen reads all pages and finds the 20 planted faults and nothing else', async () => {
  for (const [title, faults] of Object.entries(PLANTED))
    await publish(title, faults.map(([, html]) => html + BESIDE).join(''));
  const { page } = admin;
  await site.inWordPress(
    `return delete_option( 'altsmith_audit' ) && $wpdb->query( "DELETE FROM {$wpdb->prefix}altsmith_audit" );`,
  );
  await admin.go(SCREEN);
  await page.getByText('No page has been read yet.').waitFor();
  expect(await barriers(page, '#altsmith-audit')).toEqual([]);
  // The keyboard alone; the button then stops what it has begun, and keeps the focus.
  await page.getByRole('button', { name: 'Read all pages' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'All pages have been read.' }).waitFor({ state: 'attached' });
  const labels: Record<string, string> = await site.inWordPress(
    `return array_map( fn( $one ) => $one['label'], Altsmith\\Audit\\Rule_Words::all() );`,
  );
  const shown: Record<string, string[]> = {};
  for (const section of await page.locator('.altsmith-audit__page').all()) {
    shown[await section.locator('h3').innerText()] = await section.locator('li strong').allInnerTexts();
  }
  const expected = Object.entries(PLANTED).map(([title, faults]) => [title, faults.map(([rule]) => labels[rule])]);
  expect(shown).toEqual(Object.fromEntries(expected));
  expect(await page.locator('li').filter({ hasText: 'WCAG 2.4.4, 4.1.2' }).count()).toBe(3);
  expect(await page.evaluate('document.activeElement.tagName')).toBe('BUTTON');
  expect(await barriers(page, '#altsmith-audit')).toEqual([]);
  await admin.picture('1-findings');
});

test('axe-core in a browser says the same where it has the rule', async () => {
  const { page } = admin;
  const rules = ['image-alt', 'input-image-alt', 'link-name', 'button-name', 'image-redundant-alt'];
  for (const [title, faults] of Object.entries(PLANTED)) {
    await page.goto(`${site.url}/?pagename=${title.toLowerCase()}`);
    await page.evaluate(axe.source);
    const found: string[] = await page.evaluate(
      `axe.run('.entry-content, main', { runOnly: ${JSON.stringify(rules)} }).then((answer) => answer.violations.flatMap((one) => one.nodes.map(() => one.id)))`,
    );
    // A linked image without any text breaks two of its rules.
    const same = (rule: string, html: string) =>
      rule === 'missing'
        ? [html.includes('<input') ? 'input-image-alt' : 'image-alt', ...(html.includes('<a ') ? ['link-name'] : [])]
        : rule === 'link'
          ? [html.includes('<button') ? 'button-name' : 'link-name']
          : rule === 'neighbour' && html.includes('<a ')
            ? ['image-redundant-alt']
            : [];
    expect([title, found.sort()]).toEqual([title, faults.flatMap(([rule, html]) => same(rule, html)).sort()]);
  }
});

test('a page that never ends and one of many megabytes are said in words, and the audit goes on', async () => {
  const folder = path.join(site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'endless.php'),
    `<?php add_action( 'template_redirect', function () {
      $long = is_page( 'long' ); if ( ! $long && ! is_page( 'endless' ) ) return;
      for ( $at = 0; $at < 300; $at++ ) { echo str_repeat( '<b>x', $long ? 20000 : 10 ); ob_get_level() && ob_flush(); flush(); if ( ! $long ) usleep( 100000 ); } exit; } );`,
  );
  await publish('Endless', fine);
  await publish('Long', fine);
  const { state, counts, items, memory } = await audited();
  expect(state).toMatchObject({ state: 'done', done: state.total });
  expect(counts).toMatchObject({ found: 20, unread: 2 });
  const outcomes = items.filter((one: any) => one.found.length === 0).map((one: any) => one.outcome);
  expect(outcomes.sort()).toEqual(['no_answer', 'too_large']);
  expect(memory).toBeLessThan(64e6);
});

test('an answer with an error and a site that cannot call itself are said', async () => {
  const { page } = admin;
  await page.route('**/altsmith/v1/audit*', (route) =>
    route.fulfill({ status: 503, json: { code: 'x', message: 'The site is being repaired.', data: { status: 503 } } }),
  );
  await admin.go(SCREEN);
  await page.getByText('The site is being repaired.').first().waitFor();
  await page.unroute('**/altsmith/v1/audit*');
  await site.inWordPress(
    `return update_option( 'altsmith_audit', array( 'state' => 'stopped', 'problem' => 'This site cannot read its own pages: cURL error 7' ) );`,
  );
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('This site cannot read its own pages: cURL error 7').first().waitFor();
  expect(await barriers(page, '#altsmith-audit')).toEqual([]);
  expect(admin.errors.filter((one) => !one.startsWith('503'))).toEqual([]);
});
