import { execFile } from 'node:child_process';
import { copyFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { WordPressSite, type SiteOptions } from './wordpress-site';

const execute = promisify(execFile);
const SEARCH_REPLACE = path.resolve(__dirname, '../e2e/wordpress/search-replace.php');

/** Another installation with the files and the database of this one, as a staging site is made. */
export async function copyOf(original: WordPressSite, options: SiteOptions): Promise<WordPressSite> {
  const copy = await WordPressSite.start(options);
  const uploads = 'wp/wp-content/uploads';
  cpSync(path.join(original.folder, uploads), path.join(copy.folder, uploads), { recursive: true });
  // The passwords are those of the original.
  copyFileSync(path.join(original.folder, 'site.json'), path.join(copy.folder, 'site.json'));
  const socket = (site: WordPressSite) => `-S '${path.join(site.folder, 'run/mysqld.sock')}'`;
  await execute('bash', [
    '-c',
    `set -o pipefail; mariadb-dump --no-defaults -uroot ${socket(original)} --add-drop-table wp | mariadb --no-defaults -uroot ${socket(copy)} wp`,
  ]);
  return copy;
}

/** Writes the copy's own address everywhere in its database. Resolves to the number of rows that changed. */
export async function replaceAddress(copy: WordPressSite, original: WordPressSite): Promise<number> {
  const { stdout } = await copy.php([SEARCH_REPLACE, copy.wordpress, original.url, copy.url]);
  return Number(stdout);
}
