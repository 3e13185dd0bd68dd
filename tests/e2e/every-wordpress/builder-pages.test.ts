import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { AdminBrowser } from '../../support/admin-browser';
import { barriers } from '../../support/axe';
import { PHOTOGRAPHS } from '../../support/review-flow';
import { WordPressSite } from '../../support/wordpress-site';

jest.setTimeout(240_000);

const STAND_IN = path.resolve(__dirname, '../wordpress/elementor-stand-in.php');
const TEXT = 'A red cup of “espresso”';

let site: WordPressSite;
let admin: AdminBrowser;

beforeAll(async () => {
  site = await WordPressSite.start();
  const folder = path.join(site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  copyFileSync(STAND_IN, path.join(folder, 'elementor-stand-in.php'));
  admin = await AdminBrowser.open(site.url, 'builders');
  await admin.logIn();
});
afterAll(async () => {
  await admin.close();
  await site.remove();
});

/** A page of the builder with an image widget, and the same image in a text. */
const makePage = (image: number): Promise<{ id: number; url: string }> =>
  site.inWordPress(`
    $url  = wp_get_attachment_url( ${image} );
    $html = '<p>Before <img class="wp-image-${image}" src="' . $url . '" alt=""> after</p>';
    $data = array( array( 'id' => 'a1', 'elType' => 'container', 'settings' => array(), 'elements' => array(
      array( 'id' => 'b1', 'elType' => 'widget', 'widgetType' => 'image', 'settings' => array( 'image' => array( 'url' => $url, 'id' => ${image}, 'alt' => '' ) ), 'elements' => array() ),
      array( 'id' => 'b2', 'elType' => 'widget', 'widgetType' => 'text-editor', 'settings' => array( 'editor' => $html ), 'elements' => array() ),
    ) ) );
    $id = wp_insert_post( array( 'post_title' => 'Menu', 'post_type' => 'page', 'post_status' => 'publish' ) );
    update_post_meta( $id, '_elementor_edit_mode', 'builder' );
    update_post_meta( $id, '_elementor_data', wp_slash( wp_json_encode( $data ) ) );
    return array( 'id' => $id, 'url' => get_permalink( $id ) );`);

const bytes = (page: number): Promise<string> =>
  site.inWordPress(
    `return md5( $wpdb->get_var( "SELECT meta_value FROM $wpdb->postmeta WHERE post_id = ${page} AND meta_key = '_elementor_data'" ) );`,
  );

/** The alt texts of the image on the public page, in order. */
async function shown(url: string, name: string): Promise<readonly string[]> {
  const html = await (await fetch(url)).text();
  const tags = [...html.matchAll(/<img\b[^>]*>/g)].map(([tag]) => tag).filter((tag) => tag.includes(name));
  return tags.map((tag) => /\balt="([^"]*)"/.exec(tag)?.[1] ?? '');
}

test('a builder’s page shows the library’s text at once; its own copy is updated from the list, and given back', async () => {
  const image = await site.sideload(path.join(PHOTOGRAPHS, 'coffee.jpg'), 'coffee');
  const page = await makePage(image);
  const before = await bytes(page.id);
  expect(await shown(page.url, 'coffee')).toEqual(['', '']);

  const { status } = await site.rest('POST', `/wp/v2/media/${image}`, { alt_text: TEXT });
  expect(status).toBe(200);
  expect(await shown(page.url, 'coffee')).toEqual([TEXT, '']);

  await admin.go(`/wp-admin/post.php?post=${image}&action=edit`);
  const box = admin.page.locator('#altsmith-places');
  await box.getByText('Elementor: it always shows the library’s text').waitFor();
  const place = box.getByRole('checkbox', { name: 'Menu (Page): Elementor: no alt text' });
  expect(await place.isChecked()).toBe(true);
  expect(await barriers(admin.page, '#altsmith-places')).toEqual([]);
  await box.getByRole('button', { name: 'Preview the changes' }).click();
  await box.getByRole('button', { name: 'Update 1 place' }).waitFor();
  await admin.picture('1-preview');
  expect(await bytes(page.id)).toBe(before);
  await box.getByRole('button', { name: 'Update 1 place' }).click();
  await box.getByText('1 post was updated.').waitFor();
  await admin.picture('2-updated');
  expect(await shown(page.url, 'coffee')).toEqual([TEXT, TEXT]);

  await box.getByRole('button', { name: 'Undo' }).click();
  await place.waitFor();
  expect(await shown(page.url, 'coffee')).toEqual([TEXT, '']);
  expect(await bytes(page.id)).toBe(before);
});

test('while a page cannot be read, no image is called unused, and the page is named', async () => {
  const image = await site.sideload(path.join(PHOTOGRAPHS, 'cat.jpg'), 'cat');
  const broken = await site.inWordPress(`
    $id = wp_insert_post( array( 'post_title' => 'Half saved', 'post_type' => 'page', 'post_status' => 'publish' ) );
    update_post_meta( $id, '_elementor_data', '[{"id":"a1","settings":{"image":' );
    return $id;`);
  await admin.go(`/wp-admin/post.php?post=${image}&action=edit`);
  const box = admin.page.locator('#altsmith-places');
  await box.getByText('The image has not been found so far.').waitFor();
  await box.getByText('1 page could not be searched. The image may be shown there:').waitFor();
  await box.getByRole('link', { name: 'Half saved' }).waitFor();
  expect(await barriers(admin.page, '#altsmith-places')).toEqual([]);
  await admin.picture('3-not-read');

  await site.inWordPress(`return wp_delete_post( ${broken}, true ) !== false;`);
  await admin.page.reload();
  await box.getByText('The image was not found in posts, pages,').waitFor();
  await admin.picture('4-not-found');
  expect(admin.errors).toEqual([]);
});
