import { SiteVisitor } from '../support/site-visitor';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(120_000);

const PEOPLE = ['', 'subscriber', 'contributor', 'author', 'editor', 'admin'];

/** Each screen of ours, what is on it, and who gets it. */
const SCREENS: readonly (readonly [string, string, readonly string[]])[] = [
  ['/wp-admin/upload.php?page=altsmith-review', 'id="altsmith-review"', ['author', 'editor', 'admin']],
  ['/wp-admin/upload.php?page=altsmith-backfill', 'id="altsmith-backfill"', ['editor', 'admin']],
  ['/wp-admin/upload.php?page=altsmith-audit', 'id="altsmith-audit"', ['editor', 'admin']],
  ['/wp-admin/options-general.php?page=altsmith-start', 'data-step="connect"', ['admin']],
  ['/wp-admin/options-general.php?page=altsmith', 'name="altsmith_sidecar_url"', ['admin']],
];

const SAVED = 'http://127.0.0.1:18787';

let site: WordPressSite;
const visitors = new Map<string, SiteVisitor>();
/** Nonces of the administrator: for saving our settings, and for something else. */
const taken = { forSaving: '', forAnotherAction: '' };

beforeAll(async () => {
  site = await WordPressSite.start({ cron: false });
  await site.inWordPress(
    `return wp_insert_user( array( 'user_login' => 'contributor', 'user_pass' => 'password', 'user_email' => 'contributor@example.test', 'role' => 'contributor' ) );`,
  );
  for (const login of PEOPLE) visitors.set(login, await SiteVisitor.come(site, login));
  // The first page after the activation leads its administrator to the start page, once.
  expect((await who('admin').get('/wp-admin/index.php')).leadsTo).toContain('page=altsmith-start');
  taken.forSaving = await who('admin').nonce('altsmith-options');
  taken.forAnotherAction = await who('admin').nonce('another-action');
});
afterAll(() => site.remove());

const called = (login: string) => (login === '' ? 'a visitor' : login);
const each = PEOPLE.map((login) => [called(login), login] as const);
const who = (login: string): SiteVisitor => {
  const visitor = visitors.get(login);
  if (visitor === undefined) throw new Error(`nobody logged in as ${login}`);
  return visitor;
};

/** What WordPress itself says to somebody who may not: a stranger is asked to log in. */
function expectRefusal(login: string, shown: { status: number; leadsTo: string; text: string }): void {
  if (login === '') {
    expect(shown.status).toBe(302);
    expect(shown.leadsTo).toContain('/wp-login.php?redirect_to=');
  } else {
    expect(shown.status).toBe(403);
    expect(shown.text).toContain('Sorry, you are not allowed to');
  }
}

const stored = (): Promise<unknown> =>
  site.inWordPress(
    `return array( get_option( 'altsmith_sidecar_url' ), get_option( 'altsmith_site_key' ), get_option( 'altsmith_settings' ) );`,
  );

const form = (nonce?: string): Record<string, string> => ({
  option_page: 'altsmith',
  action: 'update',
  _wp_http_referer: '/wp-admin/options-general.php?page=altsmith',
  altsmith_sidecar_url: SAVED,
  altsmith_site_key: 'a-key-of-the-test',
  'altsmith_settings[reviewers]': 'edit_others_posts',
  ...(nonce === undefined ? {} : { _wpnonce: nonce }),
});

test.each(each)('%s gets the screens that are theirs, and WordPress’s own refusal for the others', async (_, login) => {
  for (const [address, mark, allowed] of SCREENS) {
    const shown = await who(login).get(address);
    expect([address, shown.text.includes(mark)]).toEqual([address, allowed.includes(login)]);
    if (allowed.includes(login)) expect(shown.status).toBe(200);
    else expectRefusal(login, shown);
  }
});

test.each(each)('settings that %s sends without a nonce, or with a forged one, are not saved', async (_, login) => {
  const before = await stored();
  for (const nonce of [undefined, 'a1b2c3d4e5', taken.forAnotherAction]) {
    const shown = await who(login).post('/wp-admin/options.php', form(nonce));
    if (login === 'admin') {
      expect(shown.status).toBe(403);
      expect(shown.text).toContain('The link you followed has expired.');
    } else {
      expectRefusal(login, shown);
    }
  }
  expect(await stored()).toEqual(before);
});

test.each(each.filter(([, login]) => login !== 'admin'))(
  '%s saves no settings, with a nonce of their own either',
  async (_, login) => {
    const before = await stored();
    const own = await who(login).nonce('altsmith-options');
    expectRefusal(login, await who(login).post('/wp-admin/options.php', form(own)));
    // And the administrator's is worth nothing in somebody else's hands.
    expectRefusal(login, await who(login).post('/wp-admin/options.php', form(taken.forSaving)));
    expect(await stored()).toEqual(before);
  },
);

test.each(each)(
  'over REST %s needs a nonce to test the connection, and WordPress shows no settings of ours',
  async (_, login) => {
    const route = '/wp-json/altsmith/v1/connection';
    expect((await who(login).post(route, {})).status).toBe(401);
    const forged = await who(login).post(route, {}, { 'x-wp-nonce': 'a1b2c3d4e5' });
    expect(forged.status).toBe(403);
    const nonce = { 'x-wp-nonce': await who(login).nonce('wp_rest') };
    const answer = await who(login).post(route, {}, nonce);
    expect(answer.status).toBe(login === '' ? 401 : login === 'admin' ? 200 : 403);
    const settings = await who(login).post('/wp-json/wp/v2/settings', { altsmith_sidecar_url: SAVED }, nonce);
    expect(settings.text).not.toContain('altsmith');
  },
);

test('an administrator saves with the nonce of the page; then review is for editors, and nobody is shown the key', async () => {
  const page = await who('admin').get('/wp-admin/options-general.php?page=altsmith');
  const nonce = /name="_wpnonce" value="(\w+)"/.exec(page.text)?.[1];
  expect(nonce).toBe(taken.forSaving);
  const saved = await who('admin').post('/wp-admin/options.php', form(nonce));
  expect(saved.status).toBe(302);
  expect(saved.leadsTo).toContain('page=altsmith&settings-updated=true');
  expect(await stored()).toMatchObject([SAVED, 'a-key-of-the-test', { reviewers: 'edit_others_posts' }]);

  const review = '/wp-admin/upload.php?page=altsmith-review';
  expectRefusal('author', await who('author').get(review));
  expect((await who('editor').get(review)).status).toBe(200);
  for (const [address] of SCREENS) expect((await who('admin').get(address)).text).not.toContain('a-key-of-the-test');
  expect(site.debugLog).toBe('');
});
