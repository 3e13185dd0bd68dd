import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { samplePng } from './sample-image';
import type { WordPressSite } from './wordpress-site';

/** `array( 1, 2 )` for PHP code. */
export const phpList = (ids: readonly number[]): string => `array( ${ids.join(', ')} )`;

/** Adds so many small pictures to the library, each with bytes of its own; gives their ids. */
export async function addPictures(site: WordPressSite, count: number): Promise<number[]> {
  const uploads = path.join(site.wordpress, 'wp-content/uploads');
  mkdirSync(uploads, { recursive: true });
  for (let seed = 0; seed < count; seed++)
    writeFileSync(path.join(uploads, `small-${seed}.png`), samplePng(seed).bytes);
  return site.inWordPress(`
    $ids = array();
    for ( $i = 0; $i < ${count}; $i++ ) {
      $ids[] = wp_insert_attachment( array( 'post_title' => "Small $i", 'post_mime_type' => 'image/png' ), "small-$i.png" );
      wp_update_attachment_metadata( end( $ids ), array( 'file' => "small-$i.png", 'width' => 16, 'height' => 12, 'sizes' => array() ) );
    }
    return $ids;`);
}

/**
 * A minute passes, as far as WordPress can tell: cron is due again, and the lock of a process that died is an old one. The
 * times that are kept are moved into the past, because a test would wait for that minute many times. With
 * `unlessAtWork` nothing happens while a process works for the plugin.
 */
export async function letAMinutePass(site: WordPressSite, { unlessAtWork = false } = {}): Promise<void> {
  await site.inWordPress(`
    $lock = (string) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = 'altsmith_lock_worker'" );
    if ( '' !== $lock ) {
      if ( ${unlessAtWork} ) {
        return false;
      }
      list( $token, $expires ) = explode( ' ', $lock );
      $wpdb->update( $wpdb->options, array( 'option_value' => $token . ' ' . ( $expires - 61 ) ), array( 'option_name' => 'altsmith_lock_worker', 'option_value' => $lock ) );
    }
    $pause = get_option( 'altsmith_pause' );
    if ( is_array( $pause ) ) {
      update_option( 'altsmith_pause', array( 'until' => $pause['until'] - 61 ) + $pause );
    }
    delete_transient( 'doing_cron' );
    $events = array();
    foreach ( _get_cron_array() as $time => $hooks ) {
      foreach ( $hooks as $hook => $planned ) {
        $then = 'altsmith_sync' === $hook ? $time - 61 : $time;
        $events[ $then ][ $hook ] = ( $events[ $then ][ $hook ] ?? array() ) + $planned;
      }
    }
    ksort( $events );
    _set_cron_array( $events );
    return true;`);
}

/** A stranger looks at the site, minute after minute: enough for everything that is to come by itself. */
export async function visitAsMinutesPass(site: WordPressSite): Promise<void> {
  await site.visit();
  await letAMinutePass(site, { unlessAtWork: true });
}

/**
 * Makes a library of `total` attachments out of these, by copying rows: thousands of uploads would test WordPress. The
 * copies share the files. `byHand` maps a copy's number to the alt text that a person gave it. Gives the ids of the copies.
 */
export async function copyAttachments(
  site: WordPressSite,
  originals: readonly number[],
  total: number,
  byHand: ReadonlyMap<number, string> = new Map(),
): Promise<number[]> {
  const texts = Buffer.from(JSON.stringify(Object.fromEntries(byHand))).toString('base64');
  return site.inWordPress(`
    $originals = ${phpList(originals)};
    $texts     = json_decode( base64_decode( '${texts}' ), true );
    $metas     = array();
    foreach ( $originals as $id ) {
      foreach ( array( '_wp_attached_file', '_wp_attachment_metadata' ) as $key ) {
        $metas[ $id ][ $key ] = $wpdb->get_var( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $id, $key ) );
      }
    }
    $copies = array();
    for ( $i = count( $originals ); $i < ${total}; $i++ ) {
      $from = $originals[ $i % count( $originals ) ];
      $day  = gmdate( 'Y-m-d H:i:s', 1700000000 + 60 * $i );
      $wpdb->insert( $wpdb->posts, array( 'post_title' => "Image $i", 'post_type' => 'attachment', 'post_status' => 'inherit', 'post_mime_type' => get_post_mime_type( $from ), 'post_author' => 1, 'post_name' => "image-$i", 'post_date' => $day, 'post_date_gmt' => $day, 'post_modified' => $day, 'post_modified_gmt' => $day ) );
      $id       = $wpdb->insert_id;
      $copies[] = $id;
      foreach ( $metas[ $from ] as $key => $value ) {
        $wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => $key, 'meta_value' => $value ) );
      }
      if ( isset( $texts[ $i ] ) ) {
        $wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => '_wp_attachment_image_alt', 'meta_value' => $texts[ $i ] ) );
      }
    }
    wp_cache_flush();
    // These rows came by no hook; the plugin would find them in its next background run.
    Altsmith\\Storage\\Library_Index::start_over();
    ( new Altsmith\\Storage\\Library_Index() )->read_all( 60.0 );
    return $copies;`);
}

/** Whether a suggestion is asked for with every upload. */
export async function setAutomatic(site: WordPressSite, automatic: boolean, more = 'array()'): Promise<void> {
  await site.inWordPress(
    `return update_option( 'altsmith_settings', array( 'automatic' => ${automatic} ) + ${more} + Altsmith\\Settings::defaults() );`,
  );
}
