import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { PHOTOGRAPHS } from '../support/review-flow';
import { SidecarProcess } from '../support/sidecar-process';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(300_000);

/**
 * What a plugin that moves media to a store does: the local files are gone, and WordPress's functions give addresses of the store.
 * The store of this test is on this machine, which the plugin may only ask where the site lets it.
 */
const OFFLOADING = (store: string, letIn: boolean): string => `<?php
function test_store_address( $id ) {
	$path = get_post_meta( $id, 'test_store', true );
	return '' === $path ? '' : '${store}' . $path . '?X-Signature=secret';
}
add_filter( 'get_attached_file', fn( $file, $id ) => file_exists( $file ) ? $file : ( test_store_address( $id ) ?: $file ), 10, 2 );
add_filter( 'wp_get_attachment_url', fn( $url, $id ) => test_store_address( $id ) ?: $url, 99, 2 );
${
  letIn
    ? `add_filter( 'http_request_host_is_external', fn( $is, $host ) => $is || 'localhost' === $host, 10, 2 );
add_filter( 'http_allowed_safe_ports', fn( $ports ) => array_merge( $ports, array( ${new URL(store).port} ) ) );`
    : ''
}
`;

const cat = readFileSync(path.join(PHOTOGRAPHS, 'cat.jpg'));
const asked: IncomingMessage[] = [];
/** A file server that can misbehave: by the path. */
const serve = (request: IncomingMessage, response: ServerResponse): void => {
  asked.push(request);
  const { pathname } = new URL(request.url ?? '/', 'http://store');
  if (pathname === '/moved.jpg') response.writeHead(302, { location: '/cat.jpg' }).end();
  else if (pathname === '/inside.jpg') response.writeHead(302, { location: 'http://127.0.0.1:1/x.jpg' }).end();
  else if (pathname === '/page.jpg')
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end('<html>Sign in</html>');
  else if (pathname === '/stalls.jpg')
    response.writeHead(200, { 'content-type': 'image/jpeg' }).write(cat.subarray(0, 100));
  else if (pathname === '/endless.jpg') {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 20, 1)));
    };
    response.on('drain', more);
    response.write(cat);
    more();
  } else response.writeHead(200, { 'content-type': 'text/plain' }).end(cat);
};

let store: Server;
let sidecar: SidecarProcess;
let site: WordPressSite;
beforeAll(async () => {
  store = createServer(serve);
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  sidecar = await SidecarProcess.start();
  site = await WordPressSite.start({
    constants: { ALTSMITH_SIDECAR_URL: sidecar.url, ALTSMITH_SITE_KEY: sidecar.key },
    cron: false,
  });
  sidecar.instance = await site.instance();
  offloading(true);
});
afterAll(async () => {
  await site.remove();
  await sidecar.remove();
  store.closeAllConnections();
  await new Promise((resolve) => store.close(resolve));
});

const offloading = (letIn: boolean): void => {
  const folder = path.join(site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  const { port } = store.address() as AddressInfo;
  writeFileSync(path.join(folder, 'offloading.php'), OFFLOADING(`http://localhost:${port}`, letIn));
};
/** Images in the library whose files are at these paths of the store and nowhere else; sent once. */
const send = (
  paths: readonly string[],
): Promise<Record<string, { status: string; error: string; seconds: number; mb: number }>> =>
  site.inWordPress(`
    delete_option( 'altsmith_pause' );
    $found = array();
    foreach ( json_decode( '${JSON.stringify(paths)}' ) as $path ) {
      $id = wp_insert_attachment( array( 'post_mime_type' => 'image/jpeg', 'post_title' => $path, 'post_status' => 'inherit', 'post_author' => 1, 'meta_input' => array( 'test_store' => $path ) ), 'gone/' . basename( $path ) );
      wp_update_attachment_metadata( $id, array( 'width' => 451, 'height' => 300, 'file' => 'gone/' . basename( $path ), 'sizes' => array() ) );
      ( new Altsmith\\Storage\\Request_Store() )->make_due( $id );
      memory_reset_peak_usage();
      $before = array( microtime( true ), memory_get_usage() );
      do_action( 'altsmith_sync' );
      $row = ( new Altsmith\\Storage\\Request_Store() )->find( $id );
      $found[ $path ] = array( 'status' => $row->status, 'error' => $row->error_message, 'seconds' => microtime( true ) - $before[0], 'mb' => ( memory_get_peak_usage() - $before[1] ) / 1e6 );
    }
    return $found;`);

test('a picture that is only at its own address gets its suggestion, also behind a redirect; neither key nor signature is passed on', async () => {
  const found = await send(['/cat.jpg', '/moved.jpg']);
  expect(Object.values(found).map(({ error }) => error)).toEqual(['', '']);
  const items = await waitFor('both suggestions', async () => {
    const { body } = await sidecar.call('GET', '/v1/suggestions?limit=10');
    return body.items.length === 2 && body.items;
  });
  expect(items.map((one: any) => one.fields.alt_text.length > 5)).toEqual([true, true]);
  expect(JSON.stringify(items)).not.toContain('secret');
  expect(asked.map(({ headers }) => headers.authorization ?? headers.cookie)).toEqual(asked.map(() => undefined));
});

test('what misbehaves ends in ten seconds, within 64 MB, in a sentence about that image', async () => {
  const found = await send(['/inside.jpg', '/page.jpg', '/endless.jpg', '/stalls.jpg']);
  const told = Object.fromEntries(
    Object.entries(found).map(([name, { status, error }]) => [name, `${status}: ${error}`]),
  );
  expect(told).toEqual({
    '/inside.jpg': expect.stringMatching(/^failed: .* leads to 127\.0\.0\.1 inside a private network/),
    '/page.jpg': expect.stringMatching(/^failed: .* what localhost sent is not an image/),
    '/endless.jpg': expect.stringMatching(/^failed: .* localhost sent more than 8 MB/),
    '/stalls.jpg': expect.stringMatching(/^queued: .* localhost did not give it/),
  });
  for (const { seconds, mb } of Object.values(found)) {
    expect(seconds).toBeLessThan(10);
    expect(mb).toBeLessThan(64);
  }
  expect(JSON.stringify(found)).not.toContain('secret');
});

test('a store inside the own network is refused in words, and not asked, until the site lets it in', async () => {
  offloading(false);
  const before = asked.length;
  const found = await send(['/refused.jpg']);
  expect(found['/refused.jpg']).toMatchObject({ status: 'failed' });
  expect(found['/refused.jpg']?.error).toContain('leads to localhost inside a private network');
  expect(asked).toHaveLength(before);
});
