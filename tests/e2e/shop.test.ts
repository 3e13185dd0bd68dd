import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

/** A stand-in for the part of WooCommerce that the plugin meets: post types, categories, and a product with a few methods. */
const WOOCOMMERCE = `<?php
add_action( 'init', function () {
	register_post_type( 'product', array( 'public' => true, 'label' => 'Products', 'supports' => array( 'title', 'editor', 'thumbnail' ) ) );
	register_post_type( 'product_variation', array( 'public' => false ) );
	register_taxonomy( 'product_cat', 'product', array( 'public' => true ) );
} );
class Test_Product {
	public function __construct( private WP_Post $post ) {}
	public function get_name() {
		return $this->post->post_title;
	}
	public function get_parent_id() {
		return $this->post->post_parent;
	}
	public function get_attributes() {
		return (array) get_post_meta( $this->post->ID, 'test_attributes', true );
	}
	public function get_attribute( $name ) {
		return $this->get_attributes()[ $name ] ?? '';
	}
}
function wc_get_product( $id ) {
	$post = get_post( $id );
	return $post && in_array( $post->post_type, array( 'product', 'product_variation' ), true ) ? new Test_Product( $post ) : false;
}
`;

let flow: ReviewFlow;
beforeAll(async () => {
  flow = await ReviewFlow.start('shop');
  const folder = path.join(flow.site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'shop.php'), WOOCOMMERCE);
});
afterAll(() => flow.stop());

test('a run over pictures of products only: the texts name the product, the alt text says what is seen', async () => {
  const { admin, site, sidecar } = flow;
  await site.inWordPress(`update_option( 'altsmith_settings', array( 'automatic' => false ) ); return 1;`);
  const picture = (name: string): Promise<number> => site.sideload(path.join(PHOTOGRAPHS, `${name}.jpg`), name);
  const [main, gallery, variation, other] = [
    await picture('coffee'),
    await picture('cat'),
    await picture('rocket'),
    await picture('parthenon'),
  ];
  await site.inWordPress(`
    $product = wp_insert_post( array( 'post_type' => 'product', 'post_title' => 'Morning Cup', 'post_status' => 'publish', 'post_author' => 1, 'meta_input' => array( '_thumbnail_id' => ${main}, '_product_image_gallery' => 'broken,${gallery},,999999', 'test_attributes' => array( 'material' => 'Stoneware' ) ) ) );
    wp_set_object_terms( $product, 'Cups', 'product_cat' );
    wp_insert_post( array( 'post_type' => 'product_variation', 'post_title' => 'Morning Cup - Blue', 'post_status' => 'publish', 'post_parent' => $product, 'meta_input' => array( '_thumbnail_id' => ${variation}, 'test_attributes' => array( 'pa_color' => 'Blue' ) ) ) );
    return 1;`);

  await admin.go('/wp-admin/edit.php?post_type=product');
  await admin.page.getByRole('link', { name: '3 of 3 images lack it' }).waitFor();
  await admin.picture('1-products');

  await admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  await admin.page.getByRole('combobox', { name: 'Images', exact: true }).selectOption({ label: 'Of products only' });
  await admin.page.getByText('3 images will be sent.').waitFor();
  await admin.page.getByRole('button', { name: 'Start', exact: true }).click();
  const items = await waitFor(
    'three suggestions',
    async () => {
      await site.rest('POST', '/altsmith/v1/sync', {});
      const { body } = await sidecar.call('GET', '/v1/suggestions?limit=10');
      return body.items.length === 3 && body.items;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  const of = (id: number): any => items.find((one: any) => one.subject.id === String(id));
  expect(of(other)).toBeUndefined();
  for (const [id, named] of [
    [main, 'Morning Cup, Stoneware'],
    [gallery, 'Morning Cup, Stoneware'],
    [variation, 'Morning Cup, Blue'],
  ] as const) {
    const { fields } = of(id);
    expect(fields.title.startsWith(named)).toBe(true);
    expect(fields.caption).toBe(named);
    expect(fields.keywords.slice(0, 3)).toEqual([...named.split(', '), 'Cups']);
    expect(fields.alt_text).not.toContain('Morning Cup');
  }
});
