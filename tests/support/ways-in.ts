import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BlockEditor } from './block-editor';
import type { ReviewFlow } from './review-flow';

export interface UploadedBy {
  readonly way: string;
  readonly file: string;
  readonly put: (flow: ReviewFlow, file: string) => Promise<number>;
}

async function created(answer: Response): Promise<number> {
  const body: any = await answer.json();
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
  return body.id;
}

/** `POST /wp/v2/media` with the bare bytes. */
export async function postRaw(
  { site }: Pick<ReviewFlow, 'site'>,
  name: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const answer = await fetch(`${site.url}/wp-json/wp/v2/media`, {
    method: 'POST',
    headers: {
      authorization: site.authorization,
      'content-type': 'image/jpeg',
      'content-disposition': `attachment; filename="${name}"`,
      ...headers,
    },
    body: new Uint8Array(bytes),
  });
  return created(answer);
}

async function postForm({ site }: ReviewFlow, file: string): Promise<number> {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(readFileSync(file))], path.basename(file), { type: 'image/jpeg' }));
  form.set('title', 'By a form');
  return created(
    await fetch(`${site.url}/wp-json/wp/v2/media`, {
      method: 'POST',
      headers: { authorization: site.authorization },
      body: form,
    }),
  );
}

async function xmlRpc({ site }: ReviewFlow, file: string): Promise<number> {
  const { user, password } = site.facts;
  const text = (value: string | number) => `<param><value><string>${value}</string></value></param>`;
  const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
  const data = `<param><value><struct>${member('name', `<string>${path.basename(file)}</string>`)}${member('type', '<string>image/jpeg</string>')}${member('bits', `<base64>${readFileSync(file).toString('base64')}</base64>`)}</struct></value></param>`;
  const answer = await fetch(`${site.url}/xmlrpc.php`, {
    method: 'POST',
    body: `<?xml version="1.0"?><methodCall><methodName>wp.uploadFile</methodName><params>${text(1)}${text(user)}${text(password)}${data}</params></methodCall>`,
  });
  const id = /<name>attachment_id<\/name><value><string>(\d+)/.exec(await answer.text())?.[1];
  if (id === undefined) throw new Error('XML-RPC did not take the picture');
  return Number(id);
}

/** What the WordPress importer does with each attachment of an export file. */
async function importOne({ site }: ReviewFlow, file: string): Promise<number> {
  return site.inWordPress(`
    define( 'WP_IMPORTING', true );
    require_once ABSPATH . 'wp-admin/includes/admin.php';
    do_action( 'import_start' );
    $upload = wp_upload_bits( '${path.basename(file)}', null, file_get_contents( '${file}' ) );
    $post   = array( 'post_title' => 'Imported', 'post_mime_type' => 'image/jpeg', 'post_status' => 'inherit', 'guid' => $upload['url'] );
    $id     = wp_insert_attachment( $post, $upload['file'] );
    wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $upload['file'] ) );
    do_action( 'import_end' );
    return $id;`);
}

/** Every way for a picture into the library, besides Media → Add New. */
export const WAYS_IN: readonly UploadedBy[] = [
  {
    way: 'the block editor’s own upload',
    file: 'cat.jpg',
    put: async ({ admin }, file) => (await BlockEditor.withEmptyImage(admin)).upload(file),
  },
  {
    way: 'REST, raw',
    file: 'astronaut.jpg',
    put: (flow, file) => postRaw(flow, path.basename(file), readFileSync(file)),
  },
  { way: 'REST, multipart', file: 'rocket.jpg', put: postForm },
  { way: 'XML-RPC', file: 'tourist.jpg', put: xmlRpc },
  { way: 'sideload', file: 'galaxies.jpg', put: ({ site }, file) => site.sideload(file, 'Sideloaded') },
  { way: 'import', file: 'parthenon.jpg', put: importOne },
];
