import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

const ROOT = path.resolve(__dirname, '../..');
const OUT = path.join(ROOT, 'tests/e2e/out');

/**
 * Writes tests/e2e/out/NAME.png. With RENEW_SCREENSHOTS=1 the picture of that name in docs/images is written anew as
 * well, where there is one, so that the documents show what the tests saw.
 */
export async function keepScreenshot(name: string, image: Buffer): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(path.join(OUT, `${name}.png`), image);
  const documented = path.join(ROOT, 'docs/images', `${name}.png`);
  if (process.env['RENEW_SCREENSHOTS'] === '1' && existsSync(documented)) {
    // 128 colours are enough for a screenshot, at a third of the size.
    writeFileSync(documented, await sharp(image).png({ palette: true, colours: 128 }).toBuffer());
  }
}
