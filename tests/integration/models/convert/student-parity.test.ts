import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import type { Manifest } from '../../../../models/model-folder/manifest';
import { runMarian, type MarianJob, type MarianResult } from '../../../support/models/marian-cases';
import { readStudentReference, writeStudent } from '../../../support/models/student-cases';

// What Firefox's translation engine writes with tiny student models. The reference was stored by tests/oracle/make_student_reference.mjs. The
// engine multiplies in 8 bits in its own way; the models are taught, so that no word hangs on that.

const REFERENCE = readStudentReference();
const TAUGHT = ['taught', 'eight', 'separate'];
const SEARCHES = { greedy: { beams: 1 }, four: { beams: 4, candidates: 4 } };

describe('students of Marian', () => {
  let folder: string;
  const results = new Map<string, MarianResult>();
  const manifests = new Map<string, Manifest>();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-students-'));
    const jobs: MarianJob[] = [];
    const names: string[] = [];
    for (const precision of ['fp32', 'int8'] as const) {
      for (const model of [...TAUGHT, 'random']) {
        const [source, target] = [path.join(folder, `${model}-files`), path.join(folder, `${model}-${precision}`)];
        writeStudent(source, model);
        manifests.set(`${model}-${precision}`, await convertCheckpoint({ source, target, precision }));
        const texts = REFERENCE.models[model]!.map(({ text }) => ({ text, source: [0] }));
        jobs.push({ folder: target, texts, searches: SEARCHES, to: null });
        names.push(`${model}-${precision}`);
      }
    }
    runMarian(path.join(folder, 'jobs.json'), jobs).forEach((result, index) => results.set(names[index]!, result));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const said = (name: string, search: keyof typeof SEARCHES) =>
    results.get(name)!.found.map((found) => found.said[search]!.candidates[0].text);
  const due = (model: string) => REFERENCE.models[model]!.map(({ translation }) => translation.trim());

  it('are of every kind', () => {
    expect(Object.keys(REFERENCE.models).sort()).toEqual([...TAUGHT, 'random'].sort());
    expect(REFERENCE.models['taught']!.length).toBe(50);
    // Not one text for all.
    for (const model of TAUGHT) expect(new Set(due(model)).size).toBeGreaterThan(40);
  });

  it.each(TAUGHT)('write what the engine writes: %s', (model) => {
    expect(said(`${model}-fp32`, 'greedy')).toEqual(due(model));
  });

  it.each(TAUGHT)('write the same in 8 bits: %s', (model) => {
    expect(said(`${model}-int8`, 'greedy')).toEqual(due(model));
  });

  it('write the same words with random weights, but for near ties', () => {
    // Such a model repeats itself to the limit, which is another one there: either text may be the beginning of the other.
    const [mine, theirs] = [said('random-fp32', 'greedy'), due('random')];
    const same = mine.filter((text, at) => text.startsWith(theirs[at]!) || theirs[at]!.startsWith(text));
    expect(theirs.every((text) => text.length > 20)).toBe(true);
    // Seen: 46 of 50.
    expect(same.length).toBeGreaterThanOrEqual(40);
  });

  it('give alternatives, the best first', () => {
    for (const { said: found } of results.get('taught-int8')!.found) {
      const scores = found['four']!.candidates.map(({ score }) => score);
      expect(scores).toHaveLength(4);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  });

  it('say what they are, and hold one vector a layer', () => {
    expect(results.get('separate-fp32')!.info).toMatchObject({ from: 'en', to: ['de'] });
    expect(manifests.get('separate-fp32')).toMatchObject({
      architecture: 'marian',
      dims: { layers: 1, cell_width: 64 },
      translation: { pieces: 'source.spm', target_vocabulary: 'target.spm' },
    });
    expect(manifests.get('taught-int8')!.translation!.target_vocabulary).toBeNull();
  });
});
