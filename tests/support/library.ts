import type { WordPressSite } from './wordpress-site';

/** `array( 1, 2 )` for PHP code. */
export const phpList = (ids: readonly number[]): string => `array( ${ids.join(', ')} )`;

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
      $wpdb->insert( $wpdb->posts, array( 'post_title' => "Image $i", 'post_type' => 'attachment', 'post_status' => 'inherit', 'post_mime_type' => 'image/jpeg', 'post_author' => 1, 'post_name' => "image-$i", 'post_date' => $day, 'post_date_gmt' => $day, 'post_modified' => $day, 'post_modified_gmt' => $day ) );
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
    return $copies;`);
}

/** Whether a suggestion is asked for with every upload. */
export async function setAutomatic(site: WordPressSite, automatic: boolean, more = 'array()'): Promise<void> {
  await site.inWordPress(
    `return update_option( 'altsmith_settings', array( 'automatic' => ${automatic} ) + ${more} + Altsmith\\Settings::defaults() );`,
  );
}
