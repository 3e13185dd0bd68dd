import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDatabase } from '../../server/storage/database';
import { ToyTranslator } from '../support/models/toy-translator';
import { PHOTOGRAPHS } from '../support/review-flow';
import { SidecarProcess } from '../support/sidecar-process';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(300_000);

/** What both plugins do when a picture gets a version in another language: one file, the text copied, the language at last. */
const TRANSLATE = `
function test_translate( $id, $language ) {
	$new = wp_insert_attachment( array( 'post_title' => get_the_title( $id ), 'post_mime_type' => 'image/jpeg', 'post_status' => 'inherit', 'post_author' => 1 ) );
	wp_update_attachment_metadata( $new, wp_slash( wp_get_attachment_metadata( $id, true ) ) );
	update_attached_file( $new, get_attached_file( $id, true ) );
	$text = get_post_meta( $id, '_wp_attachment_image_alt', true );
	if ( $text ) {
		add_post_meta( $new, '_wp_attachment_image_alt', wp_slash( $text ) );
	}
	test_set_language( $new, $language, $id );
	return $new;
}
`;
/** A stand-in for the part of Polylang that the plugin meets. Languages are terms, as Polylang stores them. */
const POLYLANG = `<?php
add_action( 'init', fn() => register_taxonomy( 'language', array( 'post', 'attachment' ), array( 'public' => false ) ), 5 );
function test_set_language( $id, $language, $of = 0 ) {
	if ( ! term_exists( $language, 'language' ) ) {
		$locale = array( 'en' => 'en_US', 'de' => 'de_DE', 'fr' => 'fr_FR' )[ $language ];
		wp_insert_term( $language, 'language', array( 'slug' => $language, 'description' => serialize( array( 'locale' => $locale, 'rtl' => 0 ) ) ) );
	}
	wp_set_object_terms( $id, $language, 'language' );
	update_post_meta( $id, 'test_group', $of ?: $id );
	if ( $of ) {
		do_action( 'pll_translate_media', $of, $id, $language );
	}
}
function pll_get_post_translations( $id ) {
	$found = array();
	$group = get_post_meta( $id, 'test_group', true );
	foreach ( $group ? get_posts( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'meta_key' => 'test_group', 'meta_value' => $group, 'fields' => 'ids' ) ) : array() as $one ) {
		$found[ wp_get_object_terms( $one, 'language', array( 'fields' => 'slugs' ) )[0] ] = $one;
	}
	return $found;
}
function pll_default_language( $field = 'slug' ) {
	return 'locale' === $field ? 'en_US' : 'en';
}
add_filter( 'wpml_post_language_details', function ( $none, $id ) {
	$term = wp_get_object_terms( $id, 'language' )[0] ?? null;
	return $term ? array( 'language_code' => $term->slug, 'locale' => unserialize( $term->description )['locale'] ) : array();
}, 10, 2 );
${TRANSLATE}`;
/** The same of WPML, which copies a text into empty versions and listens to WordPress's old hook. */
const WPML = `<?php
function test_set_language( $id, $language, $of = 0 ) {
	update_post_meta( $id, 'test_language', $language );
	update_post_meta( $id, 'test_group', $of ?: $id );
	if ( $of ) {
		do_action( 'wpml_after_duplicate_attachment', $of, $id );
	}
}
function test_versions( $group ) {
	$ids = get_posts( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'meta_key' => 'test_group', 'meta_value' => $group, 'fields' => 'ids' ) );
	return array_map( fn( $id ) => (object) array( 'element_id' => $id ), $ids );
}
add_filter( 'wpml_element_trid', fn( $none, $id ) => get_post_meta( $id, 'test_group', true ) ?: $none, 10, 2 );
add_filter( 'wpml_get_element_translations', fn( $none, $group ) => test_versions( $group ), 10, 2 );
add_filter( 'wpml_default_language', fn() => 'en' );
add_filter( 'wpml_post_language_details', function ( $none, $id ) {
	$language = get_post_meta( $id, 'test_language', true );
	return $language ? array( 'language_code' => $language, 'locale' => array( 'en' => 'en_US', 'de' => 'de_DE', 'fr' => 'fr_FR' )[ $language ] ) : new WP_Error( 'x', 'none' );
}, 10, 2 );
function test_fill( $meta, $id, $key, $text ) {
	$group = '_wp_attachment_image_alt' === $key ? get_post_meta( $id, 'test_group', true ) : '';
	foreach ( $group ? test_versions( $group ) : array() as $one ) {
		if ( $one->element_id !== $id && '' === get_post_meta( $one->element_id, $key, true ) ) {
			update_post_meta( $one->element_id, $key, $text );
		}
	}
}
add_action( 'updated_postmeta', 'test_fill', 10, 4 );
add_action( 'added_post_meta', 'test_fill', 10, 4 );
${TRANSLATE}`;

let toy: ToyTranslator;
let sidecar: SidecarProcess;
let site: WordPressSite;
let plugin: string;
beforeAll(async () => {
  toy = await ToyTranslator.make();
  sidecar = await SidecarProcess.start();
  for (const language of ['de', 'fr']) toy.pullInto(sidecar.dataDir, language);
  const constants = { ALTSMITH_SIDECAR_URL: sidecar.url, ALTSMITH_SITE_KEY: sidecar.key };
  site = await WordPressSite.start({ constants, cron: false });
  sidecar.instance = await site.instance();
  plugin = path.join(site.wordpress, 'wp-content/mu-plugins/language-plugin.php');
  mkdirSync(path.dirname(plugin), { recursive: true });
});
afterAll(async () => {
  await site.remove();
  await sidecar.remove();
  toy.remove();
});

const shown = async (id: number): Promise<any> => (await site.rest('GET', `/altsmith/v1/attachments/${id}`)).body;
/** The suggestions of these images, once each has one. */
const suggested = (ids: readonly number[]): Promise<any[]> =>
  waitFor(
    'suggestions',
    async () => {
      await site.rest('POST', '/altsmith/v1/sync', {});
      const found = await Promise.all(ids.map(async (id) => (await shown(id)).suggestion));
      return found.every((one) => one?.state === 'pending') && found;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
const approve = async (suggestion: any, seen: string): Promise<void> => {
  const decision = { action: 'approve', version: suggestion.version, seen };
  const { status, body } = await site.rest('POST', `/altsmith/v1/suggestions/${suggestion.id}/decision`, decision);
  expect([status, body.code]).toEqual([200, undefined]);
};
const texts = (ids: readonly number[]): Promise<string[]> =>
  Promise.all(ids.map(async (id) => (await shown(id)).alt_text));
/** How often a model looked at the picture of an image. */
async function looksAt(id: number): Promise<number | undefined> {
  const { items } = (await sidecar.call('GET', '/v1/suggestions?limit=100')).body;
  const picture = items.find((one: any) => one.subject.id === String(id)).image_sha256;
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const count = storage
    .prepare<[string], number>('SELECT count(*) FROM results WHERE lower(hex(image_sha256)) = ?')
    .pluck()
    .get(picture);
  storage.close();
  return count;
}
const german = async (text: string): Promise<string> =>
  (await sidecar.call('POST', '/v1/translations', { text, to: 'de' })).body.text;

test('Polylang: one look, each version in its language; switched off in the middle, what waits keeps its language', async () => {
  writeFileSync(plugin, POLYLANG);
  const english = await site.sideload(path.join(PHOTOGRAPHS, 'cat.jpg'), 'cat');
  await site.inWordPress(`test_set_language( ${english}, 'en' ); return 1;`);
  const [first] = await suggested([english]);
  const [deId, frId]: number[] = await site.inWordPress(
    `return array( test_translate( ${english}, 'de' ), test_translate( ${english}, 'fr' ) );`,
  );
  rmSync(plugin);
  const versions = [english, deId ?? 0, frId ?? 0];
  const found = await suggested(versions);
  expect(found.map((one) => one.language)).toEqual(['en', 'de', 'fr']);
  expect(found[1].fields.alt_text).toBe(await german(first.fields.alt_text));
  expect(await looksAt(english)).toBe(1);
  for (const one of found) await approve(one, '');
  expect(await texts(versions)).toEqual(found.map((one) => one.fields.alt_text));
  expect(found[1].fields.alt_text).not.toBe(first.fields.alt_text);
});

test('WPML: what it copies into an empty version stands in nobody’s way, and a copied text is asked for in the other language', async () => {
  writeFileSync(plugin, WPML);
  const english = await site.sideload(path.join(PHOTOGRAPHS, 'rocket.jpg'), 'rocket');
  const [deId]: number[] = await site.inWordPress(
    `test_set_language( ${english}, 'en' ); return array( test_translate( ${english}, 'de' ) );`,
  );
  const versions = [english, deId ?? 0];
  const [inEnglish, inGerman] = await suggested(versions);
  await approve(inEnglish, '');
  expect(await texts(versions)).toEqual([inEnglish.fields.alt_text, inEnglish.fields.alt_text]);
  // The reviewer's screen was loaded before that.
  await approve(inGerman, '');
  const written = [inEnglish.fields.alt_text, await german(inEnglish.fields.alt_text)];
  expect(await texts(versions)).toEqual(written);

  const late: number = await site.inWordPress(`return test_translate( ${english}, 'fr' );`);
  expect(await texts([late])).toEqual([inEnglish.fields.alt_text]);
  const [inFrench] = await suggested([late]);
  expect(inFrench.language).toBe('fr');
  await approve(inFrench, inEnglish.fields.alt_text);
  expect(await texts([...versions, late])).toEqual([...written, inFrench.fields.alt_text]);
  rmSync(plugin);
});
