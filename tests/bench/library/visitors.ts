import { readFileSync } from 'node:fs';
import path from 'node:path';
import { quantile } from '../../support/quantile';
import { postRaw } from '../../support/ways-in';
import type { LoggedRequest, WordPressSite } from '../../support/wordpress-site';

/** Requests of each kind with the plugin, and as many without it; they take turns. */
const PAIRS = 30;
const IMAGES = 20;
/** Switches the plugin off for one request; see mu-plugins/request-log.php. */
const WITHOUT = { 'x-without-altsmith': '1' };

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** One line of the table: the plugin's own time and queries, and how much longer the whole request took with it. */
function line(name: string, requests: readonly LoggedRequest[]): string {
  const on = requests.filter(({ off }) => !off);
  const off = requests.filter((one) => one.off);
  const own = median(on.map(({ boot_ms, hooks_ms }) => boot_ms + hooks_ms));
  const hooks = median(on.map(({ hooks_ms }) => hooks_ms));
  const longer = median(on.map((one) => one.total_ms)) - median(off.map((one) => one.total_ms));
  const queries = on.map((one) => one.queries);
  return `${name.padEnd(30)} ${hooks.toFixed(1).padStart(8)} ms in our hooks, ${own.toFixed(1)} ms with loading; ${longer.toFixed(1)} ms longer than without (medians of ${on.length}); ${median(queries)} queries, ${Math.max(...queries)} at most`;
}

/** What an upload and a public page with twenty images of the library pay for the plugin. */
export async function visitors(site: WordPressSite, root: string): Promise<string[]> {
  const post = await site.inWordPress(`
    $ids = get_posts( array( 'post_type' => 'attachment', 'posts_per_page' => ${IMAGES}, 'fields' => 'ids', 'orderby' => 'ID', 'order' => 'ASC' ) );
    $blocks = array_map( fn( $id ) => "<!-- wp:image {\\"id\\":$id} --><figure class=\\"wp-block-image\\"><img src=\\"" . wp_get_attachment_url( $id ) . "\\" alt=\\"\\" class=\\"wp-image-$id\\"/></figure><!-- /wp:image -->", $ids );
    return get_permalink( wp_insert_post( array( 'post_title' => 'Twenty images', 'post_status' => 'publish', 'post_content' => wp_slash( implode( '', $blocks ) ) ) ) );`);
  const bytes = readFileSync(path.join(root, 'tests/fixtures/images/cat.jpg'));
  const since = site.requests.length;
  for (let turn = 0; turn < 2 * PAIRS; turn++) {
    const headers = turn % 2 === 0 ? {} : WITHOUT;
    await (await fetch(post, { headers })).text();
    await postRaw({ site }, `upload-${turn}.jpg`, bytes, headers);
  }
  const logged = site.requests.slice(since);
  const page = new URL(post);
  return [
    line(
      'upload',
      logged.filter(({ request }) => request.startsWith('POST /wp-json/wp/v2/media')),
    ),
    line(
      'public page with 20 images',
      logged.filter(({ request }) => request === `GET ${page.pathname}${page.search}`),
    ),
  ];
}
