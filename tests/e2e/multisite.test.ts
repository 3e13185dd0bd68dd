import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(240_000);

const PLUGIN = path.resolve(__dirname, '../../plugin');
const SCRIPT = path.resolve(__dirname, 'wordpress/network.php');
/** WordPress 6.8 itself writes two parameters in an order that PHP 8 finds odd; only a network loads that file. */
const ITSELF = /PHP Deprecated: .*wp-includes\/ms-functions\.php/;
let site: WordPressSite;
let domain = '';

async function inNetwork(code: string, where = '/'): Promise<any> {
  const { stdout } = await site.php([SCRIPT, site.wordpress, 'run', domain, code, where]);
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

/** What a person may do on a site of the network (the third: change the words of the site), and which of our settings a form of theirs would save. */
const rightsOn = (blog: number, login: string): Promise<any> =>
  inNetwork(`switch_to_blog( ${blog} ); wp_set_current_user( get_user_by( 'login', '${login}' )->ID );
    require_once ABSPATH . 'wp-admin/includes/plugin.php';
    Altsmith\\Admin\\Settings_Page::add_settings();
    return array( current_user_can( 'altsmith_manage' ), current_user_can( 'altsmith_connect' ), Altsmith\\Admin\\Words_Form::may(), $GLOBALS['new_allowed_options']['altsmith'] );`);

test('on a network only its administrators choose which address the server calls', async () => {
  await makeSite('branch');
  await inNetwork(
    `activate_plugin( 'altsmith/altsmith.php', '', true );
    $id = wp_insert_user( array( 'user_login' => 'branch', 'user_pass' => 'password', 'user_email' => 'branch@example.test' ) );
    return add_user_to_blog( 2, $id, 'administrator' );`,
  );
  expect(await rightsOn(2, 'branch')).toEqual([true, false, false, ['altsmith_settings']]);
  expect(await rightsOn(2, 'admin')).toEqual([
    true,
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
  expect(await usedOn(1)).toEqual(['', 'of-the-network', 'weekly', 'none']);
  // The box beside the key, which is there only while one is stored.
  expect(await page('')).toContain('name="altsmith_remove_key"');
  await keep(`array( 'altsmith_sidecar_url' => '', 'altsmith_remove_key' => '1' )`);
  expect(await usedOn(1)).toEqual(['', '', 'weekly', 'none']);
  expect(await page('')).not.toContain('name="altsmith_remove_key"');
});

/** The network's page, with these constants set. */
const page = (constants: string): Promise<string> =>
  inNetwork(`require_once ABSPATH . 'wp-admin/includes/admin.php'; ${constants}
    set_current_screen( 'settings_page_altsmith-network-network' ); $GLOBALS['title'] = 'Altsmith';
    ob_start(); ( new Altsmith\\Admin\\Network_Page( new Altsmith\\Settings( true ) ) )->render(); return ob_get_clean();`);

test('what constants set for a network cannot be changed on its page, and saving it loses nothing that is stored', async () => {
  const address = `define( 'ALTSMITH_SIDECAR_URL', 'http://127.0.0.1:8788' );`;
  const both = `${address} define( 'ALTSMITH_SITE_KEY', 'of-wp-config' );`;
  // Fields that are disabled are not sent.
  const save = (constants: string, posted = '') =>
    inNetwork(`require_once ABSPATH . 'wp-admin/includes/admin.php'; ${constants}
      ( new Altsmith\\Admin\\Network_Page( new Altsmith\\Settings( true ) ) )->keep( array( ${posted} 'altsmith_settings' => array( 'digest' => 'daily', 'types' => array( 'image/png' ) ) ) );
      return get_site_option( 'altsmith_network' );`);
  await save('', `'altsmith_sidecar_url' => 'http://127.0.0.1:8787', 'altsmith_site_key' => 'stored',`);
  const stored = { altsmith_sidecar_url: 'http://127.0.0.1:8787', altsmith_site_key: 'stored' };
  expect(await save(both)).toMatchObject(stored);
  expect(await save(address, `'altsmith_site_key' => 'another',`)).toMatchObject({
    ...stored,
    altsmith_site_key: 'another',
  });

  const shown = await page(both);
  expect(shown.match(/ disabled='disabled'/g)).toHaveLength(2);
  expect(shown).not.toContain('altsmith_remove_key');
  expect(shown).not.toContain('altsmith_pairing_code');
  await inNetwork(`return delete_site_option( 'altsmith_network' );`);
});

test('each site of a network with tables of 0.1.0 is updated by its own first request, and keeps what waits', async () => {
  const old = `require_once '${path.resolve(__dirname, '../php/support/Old_Tables.php')}';
    // WordPress 6.5 takes the colon of a port out of the address of a new site.
    $GLOBALS['wpdb']->update( $GLOBALS['wpdb']->blogs, array( 'domain' => '${domain}' ), array( 'blog_id' => 2 ) );
    $ids = array();
    foreach ( array( 1, 2 ) as $blog ) {
      switch_to_blog( $blog );
      $id = wp_insert_attachment( array( 'post_title' => "of $blog", 'post_mime_type' => 'image/png' ), 'x.png' );
      $wpdb = $GLOBALS['wpdb'];
      $wpdb->delete( Altsmith\\Storage\\Schema::requests_table(), array( 'attachment_id' => $id ) );
      $wpdb->insert( Altsmith\\Storage\\Schema::requests_table(), array( 'attachment_id' => $id, 'suggestion_id' => "sug_$blog", 'suggestion_version' => 1, 'error_message' => '', 'suggested_alt' => '' ) );
      $fields = array( 'alt_text' => "a text of $blog", 'title' => null, 'caption' => null, 'description' => null, 'keywords' => null, 'file_name' => null );
      $rest = array_fill_keys( array( 'values', 'reason', 'decided_by', 'decided_at', 'run_id' ), null );
      $given = array( 'id' => "sug_$blog", 'version' => 1, 'state' => 'pending', 'fields' => $fields, 'alternatives' => array(), 'flags' => array(), 'confidence' => 0.5, 'model' => 'mini', 'created_at' => '2026-01-01T00:00:00Z' );
      Altsmith\\Tests\\Support\\Old_Tables::make( array( $id => $given + $rest ) );
      restore_current_blog();
      $ids[] = $id;
    }
    return $ids;`;
  const [onMain, onBranch] = await inNetwork(old);
  const stands = (id: number, where: string) =>
    inNetwork(
      `Altsmith\\Storage\\Table_Move::step( microtime( true ) + 60 );
      $row = ( new Altsmith\\Storage\\Request_Store() )->find( ${id} );
      return array( get_current_blog_id(), Altsmith\\Storage\\Schema::is_current(), $row?->display_status(), $row?->suggestion['fields']['alt_text'] ?? null );`,
      where,
    );
  expect(await stands(onMain, '/')).toEqual([1, true, 'pending', 'a text of 1']);
  const untouched = `switch_to_blog( 2 ); return Altsmith\\Storage\\Schema::is_current();`;
  expect(await inNetwork(untouched)).toBe(false);
  expect(await stands(onBranch, '/branch/')).toEqual([2, true, 'pending', 'a text of 2']);
});

test('a network that was copied as it is answers once for its sites', async () => {
  const doubt = (blog: number, boundAt: string, reason: string) => `switch_to_blog( ${blog} );
    ( new Altsmith\\Identity\\Instance() )->bind( 'id-of-${blog}' );
    update_option( 'altsmith_instance', array( 'bound_at' => ${boundAt}, 'doubted' => '${reason}' ) + get_option( 'altsmith_instance' ) );
    restore_current_blog();`;
  const prepare = `delete_site_option( 'altsmith_network' );
    delete_blog_option( 2, 'altsmith_sidecar_url' );
    $settings = new Altsmith\\Settings();
    $client = new Altsmith\\Sidecar\\Client( $settings );
    $answer = new Altsmith\\Identity\\Instance_Answer( new Altsmith\\Identity\\Instance(), $client, new Altsmith\\Storage\\Request_Store(),
      new Altsmith\\Storage\\Run_Store(), new Altsmith\\Sync\\Webhook( $client, $settings ) );
    $site_2 = function () use ( $answer ) {
      switch_to_blog( 2 );
      $answer->take_over();
      $it = new Altsmith\\Identity\\Instance();
      $is = array( $it->id() === 'id-of-2', $it->reason() );
      restore_current_blog();
      return $is;
    };`;
  const stands = await inNetwork(`${prepare} ${doubt(1, 'time() - 60', 'turn')} ${doubt(2, 'time() - 60', '')}
    $answer->give( 'copy' );
    $stands = array( 'not asked' => $site_2() );
    ${doubt(2, 'time() - 60', '1')}
    $stands['another question'] = $site_2();
    ${doubt(2, 'time() - 60', 'turn')}
    $stands['asked'] = $site_2();
    ${doubt(2, 'time() + 1', 'turn')}
    $stands['asked after its answer'] = $site_2();
    update_network_option( null, 'altsmith_identity_answer', array( 'at' => time() - 8 * DAY_IN_SECONDS ) + (array) get_network_option( null, 'altsmith_identity_answer' ) );
    ${doubt(2, '0', 'turn')}
    $stands['asked a week later'] = $site_2();
    return $stands;`);
  expect(stands).toEqual({
    'not asked': [true, ''],
    'another question': [true, 'sidecar'],
    asked: [false, ''],
    'asked after its answer': [true, 'turn'],
    'asked a week later': [true, 'turn'],
  });
});

test('what a request changes on another site of the network is noted there', async () => {
  const missing = `( new Altsmith\\Storage\\Library_Counts() )->all()['with_text']`;
  const counts = await inNetwork(`
    Altsmith\\On_Demand::load();
    switch_to_blog( 2 );
    ( new Altsmith\\Storage\\Library_Index() )->read_all( 60.0 );
    $before = ${missing};
    $id = wp_insert_attachment( array( 'post_title' => 'elsewhere', 'post_mime_type' => 'image/png' ), 'elsewhere.png' );
    update_post_meta( $id, '_wp_attachment_image_alt', 'a text' );
    restore_current_blog();
    Altsmith\\Storage\\Library_Index::write_down();
    switch_to_blog( 2 );
    delete_transient( 'altsmith_library_counts' );
    return array( $before, ${missing} );`);
  const [before, after] = counts as readonly [number, number];
  expect(after).toBe(before + 1);
});

test('on a network too, each route lets in only those who may', async () => {
  await inNetwork(`delete_site_option( 'altsmith_network' ); return 1;`);
  const env = { ...process.env, WP_DIR: site.wordpress, WP_HOST: domain };
  const words = ['-c', path.join(PLUGIN, 'phpunit.xml.dist'), '--filter', 'Route_RightsTest::test_only_those'];
  // PHPUnit tells what failed on its standard output, which the error of a failed command does not show by itself.
  const run = promisify(execFile)('phpunit', words, { cwd: PLUGIN, env, timeout: 560_000 });
  const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
  // Nobody, five roles, the image's author, and administrators of the network, of the site and of another site.
  expect(stdout).toContain('OK (9 tests');
}, 600_000);

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
