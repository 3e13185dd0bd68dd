import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import type { TranslateOptions } from '../../../../models/translator';
import {
  readMarianReference,
  runMarian,
  writeMarian,
  type MarianJob,
  type MarianResult,
} from '../../../support/models/marian-cases';

// Token for token what Hugging Face transformers writes, from tiny trained checkpoints of every kind that is published. The reference was
// stored by tests/oracle/make_marian_reference.py.

const REFERENCE = readMarianReference();
const MODELS = Object.entries(REFERENCE.models);
/** float32 logits of the two differ by less than 3e-6. */
const LOG_PROB_TOLERANCE = 2e-5;
const SEARCHES: Record<string, TranslateOptions> = {
  greedy: { beams: 1, maxLength: 40 },
  four: { beams: 4, candidates: 4, maxLength: 40 },
  six: { beams: 6, candidates: 6, maxLength: 40 },
  'greedy cut': { beams: 1, maxLength: 6 },
  'four cut': { beams: 4, candidates: 4, maxLength: 6 },
};
/** The same weights in the other layouts in which such are published. */
const LAYOUTS = ['zip-half', 'legacy', 'legacy-half'];

describe('Marian checkpoints', () => {
  let folder: string;
  const results = new Map<string, MarianResult>();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-marian-'));
    const jobs: MarianJob[] = [];
    const names: string[] = [];
    const add = async (name: string, model: string, weights: string | null) => {
      const source = path.join(folder, `${name}-checkpoint`);
      const target = path.join(folder, name);
      writeMarian(source, model, weights);
      await convertCheckpoint({ source, target, precision: 'fp32' });
      const texts = REFERENCE.models[model]!.cases;
      const few = weights === null ? texts : texts.slice(0, 2);
      jobs.push({ folder: target, texts: few, searches: SEARCHES, to: model === 'multi' ? 'pt' : null });
      names.push(name);
    };
    for (const [model] of MODELS) await add(model, model, null);
    for (const layout of LAYOUTS) await add(layout, 'shared', layout);
    runMarian(path.join(folder, 'jobs.json'), jobs).forEach((result, index) => results.set(names[index]!, result));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are of every kind', () => {
    expect(MODELS.map(([name]) => name)).toEqual(['shared', 'relu', 'separate', 'multi', 'deep', 'toy']);
  });

  it.each(MODELS)('give the reference’s tokens in every search: %s', (name, { cases }) => {
    const { found } = results.get(name)!;
    cases.forEach(({ text, said }, index) => {
      for (const [search, due] of Object.entries(said)) {
        const tokens = found[index]!.said[search]!.candidates.map((candidate) => candidate.tokens);
        expect({ text, search, tokens }).toEqual({ text, search, tokens: due.map((sentence) => sentence.tokens) });
      }
    });
  });

  it.each(MODELS)('have the reference’s scores, first step and words: %s', (name, { cases }) => {
    const { found } = results.get(name)!;
    cases.forEach(({ said, first, words }, index) => {
      const mine = found[index]!;
      expect(mine.first.ids.slice(0, 5)).toEqual(first.ids);
      first.log_probs.forEach((due, place) => {
        expect(Math.abs(mine.first.logProbs[place]! - due)).toBeLessThan(LOG_PROB_TOLERANCE);
      });
      expect(mine.said['four']!.candidates[0].text).toBe(words);
      for (const search of ['four', 'six', 'four cut']) {
        said[search]!.forEach(({ score }, place) => {
          expect(mine.said[search]!.candidates[place]!.score).toBeCloseTo(score!, 4);
        });
      }
    });
  });

  it.each(LAYOUTS)('give the same in every layout of their weights: %s', (layout) => {
    const [due, found] = [results.get('shared')!, results.get(layout)!];
    expect(found.found.map(({ said }) => said['four']!.candidates)).toEqual(
      due.found.slice(0, 2).map(({ said }) => said['four']!.candidates),
    );
  });

  it('say between which languages they translate', () => {
    expect(results.get('shared')!.info).toMatchObject({ from: 'en', to: ['de'] });
    expect(results.get('multi')!.info).toMatchObject({ from: 'en', to: ['de', 'pt', 'zh-Hans'] });
  });

  it('mark what the limit cut off, and texts that they cannot read', () => {
    const [first, , , , , cat] = results.get('shared')!.found;
    expect(first!.said['four']).toMatchObject({ isCut: false, hasUnknown: false, language: 'de' });
    expect(first!.said['four cut']).toMatchObject({ isCut: true });
    expect(cat!.said['four']).toMatchObject({ hasUnknown: true });
  });
});
