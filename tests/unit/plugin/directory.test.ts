import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PLUGIN = path.resolve(__dirname, '../../../plugin');
const ASSETS = path.join(PLUGIN, 'assets');
const readme = readFileSync(path.join(PLUGIN, 'readme.txt'), 'utf8');

/** Width and height, from the head of a PNG file. */
function sizeOf(name: string): readonly [number, number] {
  const bytes = readFileSync(path.join(ASSETS, name));
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test.each([
  ['icon-128x128.png', [128, 128]],
  ['icon-256x256.png', [256, 256]],
  ['banner-772x250.png', [772, 250]],
  ['banner-1544x500.png', [1544, 500]],
])('the plugin directory gets %s in its size', (name, size) => expect(sizeOf(name)).toEqual(size));

test('each screenshot has its line in the readme, and no line lacks its picture', () => {
  const lines = /== Screenshots ==\n([\s\S]*?)\n==/.exec(readme)?.[1]?.trim().split('\n') ?? [];
  const pictures = readdirSync(ASSETS).filter((name) => name.startsWith('screenshot-'));
  expect(pictures.sort()).toEqual(lines.map((_, index) => `screenshot-${index + 1}.png`));
  expect(lines.map((line) => line.split('.')[0])).toEqual(lines.map((_, index) => String(index + 1)));
});

test('the readme links to nothing but its licence, because no page of the project is public yet', () => {
  const links = [...readme.matchAll(/https?:\/\/[^\s)`]+/g)].map(([link]) => link);
  expect(links).toEqual(['https://www.gnu.org/licenses/gpl-2.0.html']);
});

test('the readme keeps to the limits of the directory', () => {
  const head = /^=== .* ===\n([\s\S]*?)\n\n(.*)\n/.exec(readme);
  expect(head?.[2]?.length).toBeLessThanOrEqual(150);
  const tags = /^Tags: (.*)$/m.exec(readme)?.[1]?.split(', ') ?? [];
  expect(tags.length).toBeLessThanOrEqual(5);
  const main = readFileSync(path.join(PLUGIN, 'altsmith.php'), 'utf8');
  for (const name of ['Requires at least', 'Requires PHP', 'License'])
    expect(new RegExp(`^${name}: *(.*)$`, 'm').exec(readme)?.[1]).toBe(new RegExp(`^ \\* ${name}: *(.*)$`, 'm').exec(main)?.[1]);
});
