import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

const ROOT = path.resolve(__dirname, '../..');
/** Every WordPress has a folder of its own, because several are tested at the same time. */
const WORDPRESS = process.env['ALTSMITH_TEST_WORDPRESS'] ?? '';
const OUT = path.join(ROOT, 'tests/e2e/out', WORDPRESS.replace(':', '-'));
/** The documents show the oldest WordPress, which the tests use unless told otherwise. */
const IS_DOCUMENTED = ['', 'npm:6.5'].includes(WORDPRESS);

/** Pictures that the plugin directory shows, in the order of the readme's lines. */
const DIRECTORY: Readonly<Record<string, string>> = {
  'upload-3-edited': 'screenshot-1',
  'backfill-2-running': 'screenshot-2',
  'package-3-first-steps': 'screenshot-3',
  'package-4-dashboard': 'screenshot-4',
};

/**
 * Writes NAME.png into tests/e2e/out, or its folder for the WordPress that was asked for. With RENEW_SCREENSHOTS=1 the
 * picture of that name in docs/images is written anew as well, where there is one, and that of the plugin directory in
 * plugin/assets, so that both show what the tests saw.
 */
export async function keepScreenshot(name: string, image: Buffer): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(path.join(OUT, `${name}.png`), image);
  if (!IS_DOCUMENTED || process.env['RENEW_SCREENSHOTS'] !== '1') return;
  const documented = path.join(ROOT, 'docs/images', `${name}.png`);
  const inDirectory = DIRECTORY[name];
  // 128 colours are enough for a screenshot, at a third of the size.
  const small = await sharp(image).png({ palette: true, colours: 128 }).toBuffer();
  if (existsSync(documented)) writeFileSync(documented, small);
  if (inDirectory !== undefined) writeFileSync(path.join(ROOT, 'plugin/assets', `${inDirectory}.png`), small);
}
