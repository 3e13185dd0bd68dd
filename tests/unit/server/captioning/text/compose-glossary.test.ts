import type { Caption } from '../../../../../models/captioner';
import { composeTexts, type ComposeInput } from '../../../../../server/captioning/text/compose';
import { readCaption } from '../../../../../server/captioning/text/reading';
import { GlossaryEntry } from '../../../../../server/contract/glossary';

const said = (...texts: [string, ...string[]]): Caption['candidates'] => {
  const candidate = (text: string) => ({ text, tokens: [], logProbs: [], score: 0 });
  const [first, ...rest] = texts;
  return [candidate(first), ...rest.map(candidate)];
};

function anInput(candidates: Caption['candidates'], over: Partial<ComposeInput> = {}): ComposeInput {
  const caption: Caption = { candidates, confidence: 0.8, labels: [], timingsMs: { vision: 1, text: 1 } };
  return {
    image: { width: 800, height: 600, format: 'jpeg', hasAlpha: false, contrast: 50, flatness: 0.1 },
    context: null,
    current: null,
    fields: null,
    model: { id: 'mini', precision: 'int8', demonstration: true, calibrated: true, canAnswer: false },
    ...over,
    caption,
    readings: readCaption(caption),
  };
}

describe('the owner’s words', () => {
  const word = (given: object) => GlossaryEntry.parse(given);
  const candidates = said('a dog is running through water', 'a brown hound is running through water', 'hound');

  test('decide which of the fit sentences comes first, never for one that is not fit', () => {
    const { fields, alternatives, flags } = composeTexts(anInput(candidates, { glossary: [word({ term: 'hound' })] }));
    expect(fields.alt_text).toBe('A brown hound is running through water');
    expect(fields.title).toBe('Brown hound running through water');
    expect(alternatives).toEqual(['A dog is running through water']);
    expect(flags.find(({ code }) => code === 'glossary')!.message).toContain('because it says “hound”');
  });

  test('change nothing where no sentence says them and none is to be replaced', () => {
    const plain = composeTexts(anInput(candidates));
    expect(composeTexts(anInput(candidates, { glossary: [word({ term: 'otter' })] }))).toEqual(plain);
    expect(composeTexts(anInput(candidates, { glossary: [] }))).toEqual(plain);
  });

  test('stand in every field', () => {
    const context = { page_title: 'Dog days', site_name: 'Camp' };
    const { fields } = composeTexts(
      anInput(said('a brown dog is running through the water'), {
        context,
        glossary: [word({ term: 'hound', instead_of: ['dog'] })],
      }),
    );
    expect(fields).toMatchObject({
      alt_text: 'A brown hound is running through the water',
      title: 'Brown hound running through the water',
      keywords: ['hound', 'water'],
    });
  });
});
