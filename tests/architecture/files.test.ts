import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { altTextWriters, licenceGaps, machineTraces, movingActions, tooLong, vagueNames } from './rules/files';
import { readSourceTree, ROOT, sampleTree } from './source-tree';

const isText = (file: string) => !/\.(jpe?g|png|webp|gif|onnx|bin|data|safetensors|ico|woff2?|mo|zip)$/.test(file);
const tree = readSourceTree(isText);

test('no code file is longer than 300 lines', () => {
  expect(tooLong(tree)).toEqual([]);
  expect(tooLong(sampleTree({ 'server/a.ts': 'x\n'.repeat(300) }))).toEqual([]);
  expect(tooLong(sampleTree({ 'server/a.ts': 'x\n'.repeat(301) }))).toHaveLength(1);
});

test('file and folder names name an idea', () => {
  expect(vagueNames(tree)).toEqual([]);
  const bad = sampleTree({ 'server/utils/text.ts': '', 'models/search/helpers.ts': '', 'server/queue/index.ts': '' });
  expect(vagueNames(bad)).toHaveLength(3);
});

test('no tracked file holds a trace of a machine or a registry', () => {
  expect(machineTraces(tree)).toEqual([]);
  const bad = sampleTree({
    'package-lock.json': '"resolve' + 'd": "x"',
    'docs/a.md': ['cd ', 'work', 'main'].join('/'),
    'docs/b.md': ['np', 'x altsmith start'].join(''),
    '.npmrc': ['registry=https://registry', 'npmjs', 'org'].join('.'),
  });
  expect(machineTraces(bad)).toHaveLength(4);
});

test('the workflows take actions by the ids of commits', () => {
  expect(movingActions(tree)).toEqual([]);
  expect(movingActions(sampleTree({ '.github/workflows/a.yml': '- uses: actions/checkout@v4' }))).toHaveLength(1);
});

test('every picture of the tests has a licence line, and every line its picture', () => {
  const folder = path.join(ROOT, 'tests/fixtures');
  const pictures = readdirSync(path.join(folder, 'images'));
  const licences = readFileSync(path.join(folder, 'LICENSES.md'), 'utf8');
  expect(pictures.length).toBeGreaterThan(10);
  expect(licenceGaps(pictures, licences)).toEqual([]);
  expect(licenceGaps([...pictures, 'found-on-the-web.jpg'], licences)).toHaveLength(1);
  expect(licenceGaps(pictures.slice(1), licences)).toHaveLength(1);
});

test('one PHP file writes the alt text of an attachment', () => {
  expect(altTextWriters(tree)).toHaveLength(1);
  const bad = sampleTree({
    'plugin/includes/Writeback/Alt_Text_Writer.php':
      "const META_KEY = '_wp_attachment_image_alt';\nupdate_post_meta( $id, self::META_KEY, $text );",
    'plugin/includes/Rest/Routes.php': "update_post_meta(\n$id,\n'_wp_attachment_image_alt', $text );",
    'plugin/includes/Backfill/Fast.php':
      '$wpdb->query( "UPDATE {$wpdb->postmeta} SET meta_value = %s WHERE meta_key = \'_wp_attachment_image_alt\'" );',
    'plugin/includes/Library/Column.php': "get_post_meta( $id, '_wp_attachment_image_alt', true );",
  });
  expect(altTextWriters(bad)).toEqual([
    'plugin/includes/Writeback/Alt_Text_Writer.php',
    'plugin/includes/Rest/Routes.php',
    'plugin/includes/Backfill/Fast.php',
  ]);
});
