import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(240_000);

const SCRIPT = path.resolve(__dirname, 'wordpress/network.php');
/** WordPress 6.8 itself writes two parameters in an order that PHP 8 finds odd; only a network loads that file. */
const ITSELF = /PHP Deprecated: .*wp-includes\/ms-functions\.php/;
let site: WordPressSite;
let domain = '';

async function inNetwork(code: string): Promise<any> {
  const { stdout } = await site.php([SCRIPT, site.wordpress, 'run', domain, code]);
  return JSON.parse(stdout);
}

/** Our tables, by their prefix: `wp_`, `wp_2_` … */
const tables = (): Promise<string[]> =>
  inNetwork(`global $wpdb; return $wpdb->get_col( "SHOW TABLES LIKE '%altsmith%'" );`);

const makeSite = (name: string): Promise<number> =>
  inNetwork(`return wpmu_create_blog( '${domain}', '/${name}/', '${name}', 1 );`);

beforeAll(async () => {
  site = await WordPressSite.start();
  domain = new URL(site.url).host;
  const { stdout } = await site.php([SCRIPT, site.wordpress, 'prepare', domain]);
  appendFileSync(path.join(site.folder, 'extra.php'), stdout.trim().split('\n').at(-1) ?? '');
});
afterAll(() => site.remove(ITSELF));

/** What a person may do on a site of the network, and which of our settings a form of theirs would save. */
const rightsOn = (blog: number, login: string): Promise<any> =>
  inNetwork(`switch_to_blog( ${blog} ); wp_set_current_user( get_user_by( 'login', '${login}' )->ID );
    require_once ABSPATH . 'wp-admin/includes/plugin.php';
    Altsmith\\Admin\\Settings_Page::add_settings();
    return array( current_user_can( 'altsmith_manage' ), current_user_can( 'altsmith_connect' ), $GLOBALS['new_allowed_options']['altsmith'] );`);

test('on a network only its administrators choose which address the server calls', async () => {
  await makeSite('branch');
  await inNetwork(
    `activate_plugin( 'altsmith/altsmith.php', '', true );
    $id = wp_insert_user( array( 'user_login' => 'branch', 'user_pass' => 'password', 'user_email' => 'branch@example.test' ) );
    return add_user_to_blog( 2, $id, 'administrator' );`,
  );
  expect(await rightsOn(2, 'branch')).toEqual([true, false, ['altsmith_settings']]);
  expect(await rightsOn(2, 'admin')).toEqual([
    true,
    true,
    ['altsmith_settings', 'altsmith_sidecar_url', 'altsmith_site_key'],
  ]);
});

/** What a site of the network uses. */
const usedOn = (blog: number): Promise<any> =>
  inNetwork(`switch_to_blog( ${blog} ); $used = new Altsmith\\Settings();
    return array( $used->sidecar_url(), $used->site_key(), $used->all()['digest'], $used->source_of( 'altsmith_sidecar_url' ) );`);

test('what is set for the network counts on every site that has nothing of its own', async () => {
  const keep = (posted: string) =>
    inNetwork(`require_once ABSPATH . 'wp-admin/includes/admin.php';
      ( new Altsmith\\Admin\\Network_Page( new Altsmith\\Settings( true ) ) )->keep( ${posted} );
      return array_column( get_settings_errors(), 'message', 'setting' );`);
  const types = `'types' => array( 'image/png' )`;
  expect(
    await keep(`array( 'altsmith_sidecar_url' => '127.0.0.1:8787', 'altsmith_site_key' => 'of-the-network',
      'altsmith_settings' => array( 'digest' => 'weekly', ${types} ) )`),
  ).toEqual([]);
  expect(await usedOn(1)).toEqual(['http://127.0.0.1:8787', 'of-the-network', 'weekly', 'network']);
  await inNetwork(`switch_to_blog( 2 ); update_option( 'altsmith_sidecar_url', 'http://127.0.0.1:9999' );
    return update_option( 'altsmith_settings', array( 'digest' => 'daily' ) );`);
  expect(await usedOn(2)).toEqual(['http://127.0.0.1:9999', 'of-the-network', 'daily', 'database']);
  // Values that cannot be used get an error, and the stored ones stay.
  expect(await keep(`array( 'altsmith_sidecar_url' => 'ftp://x', 'altsmith_site_key' => 'a b' )`)).toEqual({
    altsmith_sidecar_url: expect.stringContaining('http://'),
    altsmith_site_key: expect.stringContaining('no spaces'),
  });
  expect(await usedOn(1)).toEqual(['http://127.0.0.1:8787', 'of-the-network', 'weekly', 'network']);
  await keep(`array( 'altsmith_sidecar_url' => '' )`);
  expect(await usedOn(1)).toEqual(['', '', 'weekly', 'none']);
});

test('a network gets its tables on every site, new ones too, and loses all of them at the end', async () => {
  await makeSite('before');
  const activated = await inNetwork(
    `deactivate_plugins( 'altsmith/altsmith.php' ); return activate_plugin( 'altsmith/altsmith.php', '', true );`,
  );
  expect(activated).toBeNull();
  expect(await tables()).toEqual(expect.arrayContaining(['wp_altsmith_requests', 'wp_2_altsmith_requests']));

  expect(await makeSite('after')).toBe(4);
  const all = await tables();
  for (const prefix of ['wp_', 'wp_2_', 'wp_3_', 'wp_4_'])
    expect(all).toEqual(expect.arrayContaining([`${prefix}altsmith_requests`, `${prefix}altsmith_placements`]));

  // Each site has settings and images of its own.
  await inNetwork(`switch_to_blog( 2 ); update_option( 'altsmith_sidecar_url', 'http://127.0.0.1:1' ); return 1;`);
  expect(await inNetwork(`return get_option( 'altsmith_sidecar_url' );`)).toBe(false);

  await inNetwork(`deactivate_plugins( 'altsmith/altsmith.php', false, true ); return 1;`);
  await inNetwork(
    `define( 'WP_UNINSTALL_PLUGIN', 'altsmith/altsmith.php' ); include WP_PLUGIN_DIR . '/altsmith/uninstall.php'; return 1;`,
  );
  expect(await tables()).toEqual([]);
  expect(await inNetwork(`switch_to_blog( 2 ); return get_option( 'altsmith_sidecar_url' );`)).toBe(false);
  expect(site.complaints(ITSELF)).toEqual([]);
});
