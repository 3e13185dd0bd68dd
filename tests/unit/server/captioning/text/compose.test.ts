import type { Caption } from '../../../../../models/captioner';
import { composeTexts, type ComposeInput } from '../../../../../server/captioning/text/compose';
import { readCaption } from '../../../../../server/captioning/text/reading';
import { duplicateTextFlag } from '../../../../../server/captioning/text/flags';
import { Fields, FLAG_CODES } from '../../../../../server/contract/fields';

const said = (...texts: [string, ...string[]]): Caption['candidates'] => {
  const candidate = (text: string) => ({ text, tokens: [], logProbs: [], score: 0 });
  const [first, ...rest] = texts;
  return [candidate(first), ...rest.map(candidate)];
};

function anInput(over: Omit<Partial<ComposeInput>, 'caption'> & { caption?: Partial<Caption> } = {}): ComposeInput {
  const caption: Caption = {
    candidates: said('a brown dog is running through the water'),
    confidence: 0.8,
    labels: [],
    timingsMs: { vision: 1, text: 1 },
    ...over.caption,
  };
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
const read = (text: string): NonNullable<ComposeInput['words']> => ({
  lines: [{ text, confidence: 95, height: 20, area: 0.1 }],
  ...{ linesLeftOut: 0, upsideDown: false, unreadable: false },
});
const codes = (input: ComposeInput) => composeTexts(input).flags.map((one) => one.code);

describe('fields', () => {
  test('are made from one sentence, each with its own purpose', () => {
    const context = { file_name: 'IMG_1234.JPG', page_title: 'Our summer', site_name: 'Camp News' };
    const { fields } = composeTexts(anInput({ context }));
    expect(fields).toEqual({
      alt_text: 'A brown dog is running through the water',
      title: 'Brown dog running through the water',
      caption: null,
      description: 'A brown dog is running through the water. From “Our summer” on Camp News.',
      keywords: ['dog', 'water'],
      file_name: 'brown-dog-running-through-the-water.jpg',
    });
    expect(Fields.parse(fields)).toEqual(fields);
  });

  test('that were not asked for are null, but for the alt text', () => {
    const { fields } = composeTexts(anInput({ fields: ['title'] }));
    expect(fields).toEqual({
      alt_text: 'A brown dog is running through the water',
      title: 'Brown dog running through the water',
      caption: null,
      description: null,
      keywords: null,
      file_name: null,
    });
  });

  test('the description is null when no page is known, since it would only repeat the alt text', () => {
    expect(composeTexts(anInput({ context: { site_name: 'Camp' } })).fields.description).toBeNull();
    expect(composeTexts(anInput({ context: { page_title: 'Camp', site_name: 'Camp' } })).fields.description).toBe(
      'A brown dog is running through the water. From “Camp”.',
    );
  });

  test('the visible caption is filled only when it says something exact that the alt text does not', () => {
    const candidates = said('a cat on a bed');
    const label = (name: string, probability: number) => [{ name, probability }];
    const captionFor = (name: string, probability: number) =>
      composeTexts(anInput({ caption: { candidates, labels: label(name, probability) } })).fields.caption;
    expect(captionFor('Egyptian cat', 0.8)).toBe('Egyptian cat');
    expect(captionFor('Egyptian cat', 0.5)).toBeNull();
    expect(captionFor('cat', 0.9)).toBeNull();
    expect(captionFor('golden retriever', 0.9)).toBeNull();
  });

  test.each([
    ['two cats in a parking lot beside the fire hydrants', ['cat', 'parking lot', 'fire hydrant']],
    ['a group of people eating plates of food', ['person', 'food']],
    ['a man in a white shirt holding a sign', ['man', 'shirt', 'sign']],
    ['elvis playing a guitar on stage', ['guitar', 'stage']],
    ['two knives and the leaves of bushes', ['knife', 'bush']],
  ])('keywords of "%s"', (text, expected) => {
    expect(composeTexts(anInput({ caption: { candidates: said(text) } })).fields.keywords).toEqual(expected);
  });

  test('sure classes become keywords, at most eight in all', () => {
    const labels = 'abcdefghij'.split('').map((letter) => ({ name: `Class ${letter}`, probability: 0.4 }));
    const { keywords } = composeTexts(anInput({ caption: { labels } })).fields;
    expect(keywords).toHaveLength(8);
    expect(keywords).toContain('class a');
  });

  test('the plain noun of the image classifier replaces a sentence that it contradicts, and says so', () => {
    const secondOpinion = { text: 'a cup of coffee', label: { name: 'coffee', probability: 0.7 } };
    const caption = { labels: [secondOpinion.label], secondOpinion, candidates: said('a brown dog on a table') };
    const { fields, alternatives, flags, confidence } = composeTexts(anInput({ caption }));
    expect(fields.alt_text).toBe('A cup of coffee');
    expect(fields.keywords).toContain('coffee');
    expect(fields.keywords).not.toContain('dog');
    expect(alternatives).toEqual(['A brown dog on a table']);
    expect(flags).toEqual([
      { code: 'low_confidence', message: expect.stringContaining('“A brown dog on a table”') as string },
    ]);
    expect(confidence).toBeLessThanOrEqual(0.3);
  });

  test.each([
    ['a brown dog on a table', true],
    ['a large truck on a table', false],
    ['a cup on a table', false],
  ])('a likely class that "%s" names nothing of is told: %s', (sentence, told) => {
    const labels = [{ name: 'truck', probability: 0.7, kin: ['cup', 'lorry'] }];
    const { flags, confidence } = composeTexts(anInput({ caption: { labels, candidates: said(sentence) } }));
    expect(flags.some(({ message }) => message.includes('The picture may show “truck”'))).toBe(told);
    expect(confidence <= 0.3).toBe(told);
  });

  test('a thing that is only seen beside what a picture is about raises no doubt', () => {
    const labels = [{ name: 'helmet', probability: 0.99 }];
    expect(codes(anInput({ caption: { labels, candidates: said('a man riding a bicycle') } }))).toEqual([]);
  });

  test('a title is cut between words and never ends in a joining word', () => {
    const long = 'a man wearing an orange jacket is standing beside the tall green gate of the old botanical garden';
    const { title } = composeTexts(anInput({ caption: { candidates: said(long) } })).fields;
    expect(title).toBe('Man wearing an orange jacket standing beside the tall green');
    const unbroken = 'x'.repeat(80);
    expect(composeTexts(anInput({ caption: { candidates: said(`a b ${unbroken}`) } })).fields.title).toBe('B');
  });

  test('a file name keeps the extension it has, or takes the one of the format', () => {
    const name = (file_name: string | undefined, format: string) =>
      composeTexts(
        anInput({
          context: file_name === undefined ? null : { file_name },
          image: { ...anInput().image, format },
          caption: { candidates: said('a café in the sun') },
        }),
      ).fields.file_name;
    expect(name('shot.PNG', 'png')).toBe('cafe-in-the-sun.png');
    expect(name('no extension', 'jpeg')).toBe('cafe-in-the-sun.jpg');
    expect(name(undefined, 'webp')).toBe('cafe-in-the-sun.webp');
  });

  test('a text in another script gets no file name', () => {
    const { fields } = composeTexts(anInput({ caption: { candidates: said('一只狗在草地上奔跑') } }));
    expect(fields.alt_text).toBe('一只狗在草地上奔跑');
    expect(fields.file_name).toBeNull();
  });
});

describe('candidates', () => {
  test('the others become alternatives, polished, each once', () => {
    const candidates = said(
      'a dog in the water',
      'A dog in the water.',
      'a picture of a wet dog',
      'dog',
      'dai dai dai dai',
    );
    const { fields, alternatives } = composeTexts(anInput({ caption: { candidates } }));
    expect(fields.alt_text).toBe('A dog in the water');
    expect(alternatives).toEqual(['A wet dog']);
    const more = said('a dog in the water', 'a photo of a wet brown dog');
    expect(composeTexts(anInput({ caption: { candidates: more } })).alternatives).toEqual(['A wet brown dog']);
  });

  test('a loop is passed over for the next candidate', () => {
    const candidates = said('dai dai dai dai dai', 'a cake on a table');
    const { fields, flags } = composeTexts(anInput({ caption: { candidates } }));
    expect(fields.alt_text).toBe('A cake on a table');
    expect(flags).toEqual([]);
  });

  test('a text that names a person comes after one that does not', () => {
    const candidates = said('elvis playing a guitar on stage', 'a man playing a guitar on stage');
    const { fields, alternatives } = composeTexts(anInput({ caption: { candidates } }));
    expect(fields.alt_text).toBe('A man playing a guitar on stage');
    expect(alternatives).toEqual(['Elvis playing a guitar on stage']);
  });

  test('the only text, naming a person, is doubted aloud', () => {
    const { flags, confidence } = composeTexts(anInput({ caption: { candidates: said('elvis playing a guitar') } }));
    expect(flags.map((one) => one.code)).toEqual(['low_confidence']);
    expect(flags[0]!.message).toContain('cannot know who people are');
    expect(confidence).toBe(0.3);
  });

  test('when all are unfit the first is kept, flagged, with nothing built upon it', () => {
    const { fields, flags, confidence } = composeTexts(anInput({ caption: { candidates: said('dai dai dai dai') } }));
    expect(fields).toEqual({
      alt_text: 'Dai',
      title: null,
      caption: null,
      description: null,
      keywords: null,
      file_name: null,
    });
    expect(flags.map((one) => one.code)).toEqual(['low_confidence', 'repetitive', 'too_short']);
    expect(confidence).toBe(0.3);
  });
});

describe('confidence', () => {
  test('is the model’s own, rounded and held in 0..1', () => {
    const of = (confidence: number) => composeTexts(anInput({ caption: { confidence } })).confidence;
    expect(of(0.812_34)).toBe(0.812);
    expect(of(7)).toBe(1);
    expect(of(-1)).toBe(0);
    expect(of(Number.NaN)).toBe(0);
  });

  test('falls when the classifier is sure of something the text does not name', () => {
    const labels = [
      { name: 'dog', probability: 0.1 },
      { name: 'espresso', probability: 0.9, kin: ['coffee'] },
    ];
    const { confidence, flags } = composeTexts(anInput({ caption: { labels } }));
    expect(confidence).toBe(0.3);
    expect(flags.map((one) => one.message).join()).toContain('“espresso”');
  });

  test('stays when the class is a kind of what the text names', () => {
    const candidates = said('a bus on the street');
    const labels = [{ name: 'minibus', probability: 0.9, kin: [] }];
    expect(composeTexts(anInput({ caption: { candidates, labels } })).confidence).toBe(0.8);
  });
});

describe('flags', () => {
  const image = anInput().image;
  const png = { ...image, format: 'png', flatness: 0.95 };

  test('a plain photograph has none', () => {
    expect(codes(anInput())).toEqual([]);
  });

  test.each([
    ['linked', anInput({ context: { linked: true } })],
    ['text_in_image', anInput({ caption: { candidates: said('a red sign that says stop') } })],
    ['text_in_image', anInput({ words: read('Open daily') })],
    ['text_partly_read', anInput({ words: { ...read('Open daily'), linesLeftOut: 4 } })],
    ['chart_like', anInput({ caption: { candidates: said('a bar chart with three bars') } })],
    ['chart_like', anInput({ image: { ...png, width: 700, height: 500 } })],
    ['chart_like', anInput({ image: { ...png, width: 1920, height: 1080 }, words: { ...read(''), lines: [] } })],
    ['screenshot', anInput({ context: { file_name: 'Screenshot_2024-01-01.jpg' } })],
    ['screenshot', anInput({ image: { ...png, width: 1920, height: 1080 } })],
    ['logo_or_icon', anInput({ image: { ...png, width: 300, height: 300, hasAlpha: true } })],
    ['logo_or_icon', anInput({ context: { file_name: 'company-logo.jpg' } })],
    ['tiny', anInput({ image: { ...image, width: 20, height: 600 } })],
    ['near_uniform', anInput({ image: { ...image, contrast: 1 } })],
    ['low_confidence', anInput({ caption: { confidence: 0.2 } })],
    ['repetitive', anInput({ caption: { candidates: said('a red car in front of a red car') } })],
    ['too_short', anInput({ caption: { candidates: said('dog') } })],
    ['existing_human_text', anInput({ current: { alt_text: 'My dog Rex' } })],
    ['possibly_decorative', anInput({ image: { ...image, width: 1200, height: 60 } })],
  ])('%s is raised', (code, input) => {
    expect(codes(input)).toContain(code);
  });

  test('a grey photograph saved as PNG is not taken for a drawing', () => {
    expect(codes(anInput({ image: { ...png, flatness: 0.87, width: 960, height: 837 } }))).toEqual([]);
  });

  test('blank alt text is no human text', () => {
    expect(codes(anInput({ current: { alt_text: '  ' } }))).toEqual([]);
    expect(codes(anInput({ current: {} }))).toEqual([]);
  });

  test('a linked image is never called decorative', () => {
    const input = anInput({ context: { linked: true }, image: { ...image, width: 16, height: 16 } });
    expect(codes(input)).toEqual(['linked', 'tiny']);
  });

  test('duplicate_text is raised by whoever counts the others', () => {
    expect(duplicateTextFlag(0)).toBeNull();
    expect(duplicateTextFlag(1)?.message).toContain('1 other image.');
    expect(duplicateTextFlag(3)).toEqual({
      code: 'duplicate_text',
      message: expect.stringContaining('3 other images.'),
    });
  });

  test('every code of the contract is one that something raises', () => {
    // Ten more are about translations (tests/unit/server/translating), and one about the owner's words (tests/unit/server/glossary).
    expect(FLAG_CODES).toHaveLength(14 + 10 + 1);
  });
});

test('the same input gives the same texts', () => {
  const input = anInput({ context: { page_title: 'x' } });
  expect(composeTexts(input)).toEqual(composeTexts(input));
});
