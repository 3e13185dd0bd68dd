import path from 'node:path';
import { AdminBrowser } from '../support/admin-browser';
import { copyOf, replaceAddress } from '../support/copied-site';
import { PHOTOGRAPHS } from '../support/review-flow';
import { SidecarProcess } from '../support/sidecar-process';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(240_000);

const photograph = (name: string) => path.join(PHOTOGRAPHS, `${name}.jpg`);
const screen = '/wp-admin/upload.php?page=altsmith-review';

let sidecar: SidecarProcess;
const sites: WordPressSite[] = [];
let one: WordPressSite;
let options: { constants: Record<string, string>; cron: false };

async function keep(site: Promise<WordPressSite>): Promise<WordPressSite> {
  sites.push(await site);
  return site;
}

/** Runs the cron event; resolves to the reason why nothing is sent, '' for none. */
const work = (site: WordPressSite): Promise<string> =>
  site.inWordPress(`do_action( 'altsmith_sync' ); return ( new Altsmith\\Identity\\Instance() )->reason();`);

const look = async (site: WordPressSite, id: number): Promise<any> =>
  (await site.rest('GET', `/altsmith/v1/attachments/${id}`)).body;

/** The suggestion that waits for an attachment. */
const pending = (site: WordPressSite, id: number): Promise<any> =>
  waitFor(
    `a suggestion for attachment ${id} of ${site.url}`,
    async () => {
      await site.inWordPress(`delete_option( 'altsmith_pause' ); do_action( 'altsmith_sync' ); return 1;`);
      const found = await look(site, id);
      return found.status === 'pending' && found.suggestion;
    },
    { timeoutMs: 90_000, everyMs: 300 },
  );

async function approve(site: WordPressSite, suggestion: any, text: string): Promise<number> {
  const body = { action: 'approve', version: suggestion.version, seen: '', values: { alt_text: text } };
  return (await site.rest('POST', `/altsmith/v1/suggestions/${suggestion.id}/decision`, body)).status;
}

/** Which subjects the sidecar has been asked about, by the address of the site that asked. */
async function jobsByAddress(): Promise<Record<string, number>> {
  sidecar.instance = null;
  const { body } = await sidecar.call('GET', '/v1/instances');
  const counts: Record<string, number> = {};
  for (const { id, address } of body.items) {
    sidecar.instance = id;
    const jobs = await sidecar.call('GET', '/v1/jobs?limit=100');
    counts[address] = (counts[address] ?? 0) + Number(jobs.body.items.length);
  }
  return counts;
}

beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  options = { constants: { ALTSMITH_SIDECAR_URL: sidecar.url, ALTSMITH_SITE_KEY: sidecar.key }, cron: false };
  one = await keep(WordPressSite.start(options));
});
afterAll(async () => {
  await sidecar.remove();
  for (const site of sites) await site.remove();
});

test('two sites with one key and the same numbers: each has its own suggestions and decisions', async () => {
  const other = await keep(WordPressSite.start({ ...options, host: 'localhost' }));
  const id = await one.sideload(photograph('coffee'), 'Coffee');
  expect(await other.sideload(photograph('cat'), 'Cat')).toBe(id);
  const ours = await pending(one, id);
  const theirs = await pending(other, id);
  expect(ours.id).not.toBe(theirs.id);
  expect(await approve(other, ours, 'Not theirs')).toBe(404);
  expect(await approve(one, ours, 'A cup of espresso')).toBe(200);
  await work(other);
  expect(await look(other, id)).toMatchObject({ status: 'pending', alt_text: '' });
  expect(await approve(other, theirs, 'A cat')).toBe(200);
  await work(one);
  expect(await look(one, id)).toMatchObject({ status: 'applied', alt_text: 'A cup of espresso' });
});

test('a live site is never stopped by how it is called', async () => {
  const reasons = await one.inWordPress(`
    $reasons = array();
    foreach ( array( 'www.example.test', 'second-server.internal:8443', '' ) as $host ) {
      $_SERVER['HTTP_HOST'] = $host;
      do_action( 'altsmith_sync' );
      $reasons[] = ( new Altsmith\\Identity\\Instance() )->reason();
    }
    // Multilingual plugins filter the address of each request by its language; WP-CLI's --url has the same effect.
    $german = static fn(): string => 'https://www.beispiel.example';
    foreach ( array( 'home_url', 'site_url', 'option_home', 'pre_option_home' ) as $filter ) {
      add_filter( $filter, $german );
    }
    do_action( 'altsmith_sync' );
    $reasons[] = ( new Altsmith\\Identity\\Instance() )->reason();
    $reasons[] = get_option( 'altsmith_pause' );
    return $reasons;`);
  expect(reasons).toEqual(['', '', '', '', false]);
});

test('a copy, as it is or with its addresses replaced, does nothing to the original until its owner has answered', async () => {
  const id = await one.sideload(photograph('parthenon'), 'Parthenon');
  const suggestion = await pending(one, id);
  const same = await keep(copyOf(one, options));
  const replaced = await keep(copyOf(one, { ...options, host: 'localhost' }));
  expect(await replaceAddress(replaced, one)).toBeGreaterThan(3);

  const before = await jobsByAddress();
  // The copy is ahead when the owner of the original answers.
  for (let turns = 0; turns < 3; turns += 1) expect(await work(same)).toBe('');
  expect(await work(one)).toBe('turn');
  expect((await one.rest('POST', '/altsmith/v1/instance', { answer: 'moved' })).status).toBe(200);
  expect(await work(one)).toBe('');
  expect(await work(same)).toBe('turn');
  expect(await work(replaced)).toBe('address');
  expect(await approve(one, suggestion, 'The Parthenon in Athens')).toBe(200);
  for (const copy of [same, replaced]) {
    const late = await copy.sideload(photograph('cat'), 'Uploaded to the copy');
    await work(copy);
    expect(await approve(copy, suggestion, 'Decided on the copy')).toBe(503);
    expect(await look(copy, id)).toMatchObject({ status: 'pending', alt_text: '' });
    expect(await look(copy, late)).toMatchObject({ status: 'queued' });
  }
  expect(await jobsByAddress()).toEqual(before);
  expect(await look(one, id)).toMatchObject({ status: 'applied', alt_text: 'The Parthenon in Athens' });

  for (const [name, copy] of Object.entries({ same, replaced })) {
    const admin = await AdminBrowser.open(copy.url, `copy-${name}`);
    await admin.logIn();
    const { page } = admin;
    await page.getByRole('link', { name: 'Say whether this site is a copy or has moved' }).click();
    await page.getByRole('heading', { name: 'Is this site a copy, or has it moved?' }).waitFor();
    await admin.picture('1-question');
    await admin.go('/wp-admin/options-general.php?page=altsmith');
    await page.getByRole('heading', { name: 'Is this site a copy, or has it moved?' }).waitFor();
    await admin.picture('2-settings');
    await admin.go(screen);
    await page.getByLabel('This is a copy').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.locator('#altsmith-review').waitFor();
    expect(await page.locator('#altsmith-instance').count()).toBe(0);
    expect(admin.errors.filter((error) => !error.startsWith('503'))).toEqual([]);
    await admin.close();
  }
  for (const copy of [same, replaced]) {
    // The copy began with an empty queue: a new upload gets its own suggestion.
    const fresh = await copy.sideload(photograph('coffee'), 'Coffee');
    expect(await approve(copy, await pending(copy, fresh), 'Espresso on the copy')).toBe(200);
    expect((await look(copy, fresh)).alt_text).toBe('Espresso on the copy');
  }
  const next = await one.sideload(photograph('cat'), 'Cat');
  expect(await approve(one, await pending(one, next), 'A cat')).toBe(200);
  expect((await look(one, next)).alt_text).toBe('A cat');
});
