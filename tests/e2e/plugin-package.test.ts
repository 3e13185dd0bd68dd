import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AdminBrowser } from '../support/admin-browser';
import { barriers } from '../support/axe';
import { ConsoleBrowser } from '../support/console-browser';
import { PHOTOGRAPHS } from '../support/review-flow';
import { SidecarProcess } from '../support/sidecar-process';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(240_000);

const ROOT = path.resolve(__dirname, '../..');
let site: WordPressSite;
let admin: AdminBrowser;
let archive = '';
/** WordPress 6.5 itself warns after an installation when its update check has no answer, as here. */
const UPDATE_CHECK = /wp-includes\/update\.php/;

beforeAll(async () => {
  // The scripts were built before the tests; the archive is made from them now.
  const said = execFileSync(process.execPath, ['plugin/bin/zip.js', '--no-build'], { cwd: ROOT, encoding: 'utf8' });
  archive = path.join(ROOT, said.split(':')[0] ?? '');
  site = await WordPressSite.start({ plugin: false });
  admin = await AdminBrowser.open(site.url, 'package');
  await admin.logIn();
});
afterAll(async () => {
  await admin.close();
  await site.remove(UPDATE_CHECK);
});

/** Runs PHP inside the site and gives what it prints. */
async function php(code: string): Promise<string> {
  const { stdout } = await site.php([
    '-r',
    `$_SERVER['HTTP_HOST'] = 'x'; require '${site.wordpress}/wp-load.php'; ${code}`,
  ]);
  return stdout.trim();
}

test('the archive holds what a site needs and nothing else', () => {
  const names = execFileSync('python3', ['-m', 'zipfile', '-l', archive], { encoding: 'utf8' });
  for (const needed of [
    'altsmith/altsmith.php',
    'altsmith/readme.txt',
    'altsmith/languages/altsmith.pot',
    'altsmith/languages/altsmith-de_DE.mo',
    'altsmith/languages/altsmith-de_DE-altsmith-review.json',
    'altsmith/build/review.js',
    'altsmith/src/review/index.tsx',
    'altsmith/webpack.config.js',
    'altsmith/package.json',
    'altsmith/bin/dataviews.js',
  ])
    expect(names).toContain(needed);
  expect(names).not.toMatch(/\/bin\/(?!dataviews)|\/assets\/|\.test\.|tsconfig|phpunit|\.map\s|node_modules/);
});

test('WordPress installs that very archive, and it works before anything is set up', async () => {
  const { page } = admin;
  await admin.go('/wp-admin/plugin-install.php?tab=upload');
  await page.locator('#pluginzip').setInputFiles(archive);
  await page.locator('#install-plugin-submit').click();
  await page.getByText('Plugin installed successfully.').waitFor();
  await page.getByRole('link', { name: 'Activate Plugin' }).click();
  // The redirect after the activation happens once.
  await page.getByRole('heading', { name: 'Get started with Altsmith' }).waitFor();
  // The heading is shown while PHP still counts images for the last step.
  await page.locator('.altsmith-step').nth(2).waitFor();
  expect(await page.locator('.altsmith-step[data-done="0"]').count()).toBe(3);
  await admin.go('/wp-admin/plugins.php');
  await page.locator('tr[data-slug="altsmith"].active').waitFor();
  await admin.picture('1-active');

  await admin.go('/wp-admin/options-general.php?page=altsmith');
  await page.getByText('No address is set: nothing leaves this site.').waitFor();
  await admin.picture('2-settings');
  await admin.go('/wp-admin/upload.php?page=altsmith-review');
  await page.locator('#altsmith-review').getByText('Altsmith is not connected yet').waitFor();
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'coffee.jpg'));
  expect(id).toBeGreaterThan(0);
});

/** The one-time code that the sidecar's own page shows. */
async function codeOf(sidecar: SidecarProcess): Promise<string> {
  const opened = await ConsoleBrowser.open(sidecar.url);
  try {
    await opened.logIn(sidecar.key);
    await opened.go('Set-up');
    await opened.page.getByRole('button', { name: 'Show a code' }).click();
    const code = await opened.page.locator('.secret').innerText();
    expect(code).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    expect([await opened.barriers(), opened.errors]).toEqual([[], []]);
    await opened.picture('8-code');
    return code;
  } finally {
    await opened.close();
  }
}

test('three steps lead from the activation to the first text', async () => {
  const { page } = admin;
  const sidecar = await SidecarProcess.start();
  try {
    await admin.go('/wp-admin/options-general.php?page=altsmith-start');
    await page.getByText('Connect the sidecar first.').waitFor();
    await page.getByLabel('Sidecar address').fill(sidecar.url);
    await page.getByLabel('One-time code').fill('AAAAA-AAAAA');
    await page.getByRole('button', { name: 'Save and test' }).click();
    await page.locator('.altsmith-field-error').getByText('The sidecar does not know this code.').waitFor();
    expect(await barriers(page, '.altsmith-start')).toEqual([]);
    await admin.picture('3-wrong-code');

    const code = await codeOf(sidecar);
    await page.getByLabel('One-time code').fill(code.toLowerCase());
    await page.getByRole('button', { name: 'Save and test' }).click();
    await page.locator('.altsmith-step[data-step="connect"][data-done="1"]').waitFor();

    await page.getByRole('button', { name: 'Choose or upload an image' }).click();
    await page.getByRole('tab', { name: 'Upload files' }).click();
    await page.locator('.media-modal input[type=file]').setInputFiles(path.join(PHOTOGRAPHS, 'cat.jpg'));
    await page.getByRole('button', { name: 'Suggest alt text' }).and(page.locator(':enabled')).click();
    await page.getByText('Suggested alt text:').waitFor({ timeout: 60_000 });
    await page.locator('.altsmith-step[data-step="try"][data-done="1"]').waitFor();
    expect(await barriers(page, '.altsmith-start')).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await admin.picture('3-first-steps');
    // The upload from before the connection has a suggestion, too.
    await waitFor(
      'two suggestions in the menu',
      async () => {
        await site.visit();
        await admin.go('/wp-admin/index.php');
        return (await page.locator('#menu-media .wp-menu-name .pending-count').allInnerTexts())[0] === '2';
      },
      { timeoutMs: 60_000, everyMs: 1000 },
    );
    const widget = page.locator('#altsmith_coverage');
    // The widget may show counts from before the latest suggestion.
    await widget.getByText(/^0% of your images have alt text or need none: 0 of \d\.$/).waitFor();
    expect(await barriers(page, '#altsmith_coverage')).toEqual([]);
    await widget.scrollIntoViewIfNeeded();
    await admin.picture('4-dashboard');
  } finally {
    await sidecar.remove();
  }
});

test('it speaks the language of the site where it is translated', async () => {
  // Straight into the table: WordPress takes only languages whose own files are there.
  await php(
    `global $wpdb; $wpdb->replace( $wpdb->options, array( 'option_name' => 'WPLANG', 'option_value' => 'de_DE' ) );`,
  );
  await admin.go('/wp-admin/upload.php?page=altsmith-review');
  expect(await admin.page.locator('h1').innerText()).toBe('Alternativtexte prüfen');
  await php(`delete_option( 'WPLANG' );`);
});

test('deleting the plugin takes everything of its own away and leaves the texts', async () => {
  const { page } = admin;
  const id = await php(`echo get_posts( array( 'post_type' => 'attachment' ) )[0]->ID;`);
  await php(
    `update_post_meta( ${id}, '_wp_attachment_image_alt', 'A cup of coffee' );
    update_post_meta( ${id}, '_altsmith_provenance', array( 'x' ) ); update_post_meta( ${id}, '_altsmith_decorative', '1' );
    update_post_meta( ${id}, '_altsmith_keywords', array( 'x' ) ); update_post_meta( ${id}, '_altsmith_placement_changes', array( 'x' ) );
    update_option( 'altsmith_settings', Altsmith\\Settings::defaults() );`,
  );
  await admin.go('/wp-admin/plugins.php');
  await page.locator('tr[data-slug="altsmith"] .deactivate a').click();
  await page.locator('tr[data-slug="altsmith"].inactive').waitFor();
  // WordPress's script takes the link over once the page is ready. Before that, it leads to a page of WordPress 6.5 that has no title, of which PHP complains.
  await page.waitForLoadState('load');
  await page.evaluate('new Promise((resolve) => jQuery(() => resolve(true)))');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.locator('tr[data-slug="altsmith"] .delete a').click();
  await page.getByText('Altsmith was successfully deleted.').waitFor();

  const left = await waitFor('the answer', () =>
    php(
      `global $wpdb; echo json_encode( array(
        'tables' => $wpdb->get_col( "SHOW TABLES LIKE '%altsmith%'" ),
        'options' => $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%altsmith%'" ),
        'meta' => $wpdb->get_col( "SELECT meta_key FROM $wpdb->postmeta WHERE meta_key LIKE '%altsmith%'" ),
        'cron' => (bool) wp_next_scheduled( 'altsmith_sync' ),
        'alt' => get_post_meta( ${id}, '_wp_attachment_image_alt', true ) ) );`,
    ),
  );
  expect(JSON.parse(left)).toEqual({ tables: [], options: [], meta: [], cron: false, alt: 'A cup of coffee' });
  expect(existsSync(path.join(site.wordpress, 'wp-content/plugins/altsmith'))).toBe(false);
  expect(admin.errors).toEqual([]);
});
