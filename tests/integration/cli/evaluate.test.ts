import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { altsmith } from '../../support/altsmith-command';
import { waitFor } from '../../support/wait-for';

const PICTURES = path.resolve(__dirname, '../../fixtures/images');
const COMMAND = path.resolve(__dirname, '../../../server/cli/index.js');

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-evaluate-'));
  data = path.join(folder, 'data');
  mkdirSync(data);
  const files = readdirSync(PICTURES);
  // Each twice, so that there is time to be killed in between.
  for (const copy of ['one', 'two']) cpSync(PICTURES, path.join(folder, 'pictures', copy), { recursive: true });
  const entries = ['one', 'two'].flatMap((copy) =>
    files.map((file) => ({
      file: `${copy}/${file}`,
      alt_texts: [`A photograph of ${file.replace(/\W|jpg/g, ' ').trim()}`],
    })),
  );
  writeFileSync(path.join(folder, 'pictures/alt-texts.json'), JSON.stringify(entries));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = (out: string, ...more: string[]) => [
  'evaluate',
  ...['--images', path.join(folder, 'pictures'), '--model', 'mini', '--limit', '26', '--out', path.join(folder, out)],
  ...more,
];
/** The same figures in every run. */
const lasting = ({ images, models }: any) => ({
  images,
  models: models.map(({ seconds_per_image, megabytes, ...rest }: any) => [
    rest,
    typeof seconds_per_image,
    typeof megabytes,
  ]),
});

test('killed in the middle it goes on, and finds what an undisturbed run finds', async () => {
  const log = path.join(folder, 'killed/unfinished.jsonl');
  const child = spawn(process.execPath, [COMMAND, ...words('killed')], {
    env: { ...process.env, ALTSMITH_DATA_DIR: data },
  });
  await waitFor('two pictures', () => existsSync(log) && readFileSync(log, 'utf8').split('\n').length > 3, {
    everyMs: 10,
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  const done = readFileSync(log, 'utf8').split('\n').length;
  expect(done).toBeLessThan(27);
  const [killed, whole] = [
    await altsmith(data, words('killed', '--json')),
    await altsmith(data, words('whole', '--json')),
  ];
  expect([killed.code, whole.code]).toEqual([0, 0]);
  expect(lasting(killed.json)).toEqual(lasting(whole.json));
  expect(whole.json).toMatchObject({ images: 26, language: 'en', models: [{ model: 'mini', precision: 'int8' }] });
  expect(readdirSync(path.join(folder, 'killed')).sort()).toEqual(['report.html', 'report.json']);
  expect(readFileSync(path.join(folder, 'whole/report.html'), 'utf8')).toContain('data:image/webp;base64,');
});

test('what cannot be compared is refused with a sentence', async () => {
  const usual = await altsmith(data, [
    'evaluate',
    '--images',
    path.join(folder, 'pictures'),
    '--model',
    'mini',
    '--json',
  ]);
  expect([usual.code, usual.json.error.code]).toEqual([1, 'EVALUATION_TOO_SMALL']);
  const german = await altsmith(data, words('german', '--language', 'de'));
  expect([german.code, german.stderr]).toEqual([1, expect.stringContaining('EVALUATION_LANGUAGE')]);
  expect((await altsmith(data, words('none', '--model', 'nothing'))).stderr).toContain('MODEL_FILE_MISSING');
});
