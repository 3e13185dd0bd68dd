import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../../server/errors';
import { evaluate, REPORT_FILES } from '../../../../server/evaluation/evaluate';
import { personsText, plantedModel, plantedParts, plantLibrary } from '../../../support/evaluation/planted-library';

const PICTURES = 50;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-evaluate-'));
  plantLibrary(path.join(folder, 'pictures'), PICTURES);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const repeats = () => plantedModel('repeats', personsText);
const cat = () => plantedModel('cat', () => 'a cat');
/** Says a part of what is due, as a model does. */
const partlyWords = (at: number) => (at % 2 === 0 ? personsText(at) : 'a man in a room');
const partly = () => plantedModel('partly', partlyWords);

test('the model that repeats the person comes first, the one that says "a cat" to everything last', async () => {
  const report = await evaluate(await plantedParts(folder, [cat(), partly(), repeats()]));
  expect(report.models.map(({ model }) => model)).toEqual(['repeats', 'partly', 'cat']);
  const [first, , last] = report.models;
  expect(first!.cider_d).toBeCloseTo(10, 6);
  expect(first!.nouns!.shared).toBe(1);
  expect([last!.cider_d, last!.different_texts, last!.nouns!.model]).toEqual([0, 1, [['cat', PICTURES]]]);
  expect(report.comparisons.every(({ interval: [low] }) => low > 0)).toBe(true);
});

test('the same question has the same figures again, and another seed other intervals', async () => {
  const parts = await plantedParts(folder, [partly()]);
  const [once, again] = [await evaluate(parts), await evaluate(parts)];
  expect({ ...again, created_at: '' }).toEqual({ ...once, created_at: '' });
  const other = await evaluate({ ...parts, seed: 2 });
  expect(other.models[0]!.cider_d).toBe(once.models[0]!.cider_d);
  expect(other.models[0]!.interval).not.toEqual(once.models[0]!.interval);
});

test('stopped at five moments, it goes on where it was, and finds the same', async () => {
  const whole = await evaluate({
    ...(await plantedParts(folder, [cat(), partly()])),
    folder: path.join(folder, 'whole'),
  });
  let looked = 0;
  for (const stopAt of [1, 17, PICTURES, PICTURES + 2, 2 * PICTURES - 1]) {
    const stopping = new AbortController();
    const before = () => {
      looked += 1;
      if (looked === stopAt) stopping.abort(new Error('stopped'));
    };
    const models = [plantedModel('cat', () => 'a cat', before), plantedModel('partly', partlyWords, before)];
    const parts = { ...(await plantedParts(folder, models)), signal: stopping.signal };
    await expect(evaluate(parts)).rejects.toThrow('stopped');
    looked -= 1;
    // A process that is killed leaves half a line.
    appendFileSync(path.join(folder, 'out', 'unfinished.jsonl'), '{"model":"par');
  }
  const again = [plantedModel('cat', () => 'a cat', count), plantedModel('partly', partlyWords, count)];
  let more = 0;
  function count() {
    more += 1;
  }
  const report = await evaluate(await plantedParts(folder, again));
  expect(looked + more).toBe(2 * PICTURES);
  expect({ ...report, created_at: '' }).toEqual({ ...whole, created_at: '' });
  expect(readdirSync(path.join(folder, 'out')).sort()).toEqual(['report.html', 'report.json']);
});

test('other pictures begin anew', async () => {
  const stopping = new AbortController();
  const parts = {
    ...(await plantedParts(folder, [
      plantedModel(
        'cat',
        () => 'a cat',
        () => stopping.abort(new Error('stopped')),
      ),
    ])),
    signal: stopping.signal,
  };
  await expect(evaluate(parts)).rejects.toThrow('stopped');
  plantLibrary(path.join(folder, 'pictures'), PICTURES + 1);
  const model = cat();
  await evaluate(await plantedParts(folder, [model]));
  expect(model.engine.requests).toHaveLength(PICTURES + 1);
});

test('a picture that one model cannot caption is compared for none', async () => {
  const failing = plantedModel('failing', personsText);
  failing.engine.before = ({ imagePath }) => {
    if (imagePath.endsWith('/7.jpg')) throw new AppError('IMAGE_CORRUPT');
  };
  const report = await evaluate(await plantedParts(folder, [failing, cat()]));
  expect([report.images, report.left_out.not_captioned]).toEqual([PICTURES - 1, 1]);
  expect(report.models.every(({ pairs }) => pairs.every(({ file }) => file !== '7.jpg'))).toBe(true);
});

test('the page loads nothing, and what texts say is text', async () => {
  const evil = '<script>alert(1)</script> "quoted" & </script>';
  const report = await evaluate(await plantedParts(folder, [plantedModel('<b>model', () => evil)]));
  const page = readFileSync(path.join(folder, 'out', REPORT_FILES.page), 'utf8');
  expect(page).toContain('default-src &#39;none&#39;');
  expect(page).not.toContain('<script>alert');
  expect(page).not.toContain('<b>model');
  expect(page).not.toMatch(/(?:src|href)="https?:/);
  expect(report.judged).toHaveLength(20);
  expect(report.judged.filter(({ personFirst }) => personFirst)).toHaveLength(10);
  expect(existsSync(path.join(folder, 'out', REPORT_FILES.json))).toBe(true);
});
