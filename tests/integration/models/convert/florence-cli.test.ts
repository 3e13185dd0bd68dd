import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import { altsmith } from '../../../support/altsmith-command';
import { readFlorenceCases, readFlorenceReference, writeFlorence } from '../../../support/models/florence-cases';

let folder: string;
let target: string;
const picture = path.resolve(__dirname, '../../../fixtures/images/cat.jpg');

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-florence-'));
  target = path.join(folder, 'model');
  const source = path.join(folder, 'checkpoint');
  writeFlorence(source, readFlorenceCases()[8]!, 'microsoft', readFlorenceReference().rows.microsoft);
  await convertCheckpoint({ source, target, precision: 'int8' });
});
afterAll(() => rmSync(folder, { recursive: true }));

const caption = (...words: string[]) => altsmith(folder, ['caption', picture, '--model', target, '--json', ...words]);

it('each task is another text, and "caption" is what is written without one', async () => {
  const said = [];
  for (const words of [[], ['--task', 'caption'], ['--task', 'ocr']]) {
    const { code, json } = await caption(...words);
    expect(code).toBe(0);
    said.push(json);
  }
  expect(said[1].caption).toBe(said[0].caption);
  expect(said[2].caption).not.toBe(said[0].caption);
}, 120_000);

it('a task that the model cannot do is refused', async () => {
  const { code, stdout, stderr } = await caption('--task', 'fly');
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain('"TASK_NOT_POSSIBLE"');
}, 120_000);
