import type { Fields } from '../../../../server/contract/fields';
import type { VideoFacts } from '../../../../server/contract/video';
import { videoDetails } from '../../../../server/review/video-details';

const FIELDS: Fields = {
  alt_text: 'A cat on a sofa; a cup of coffee',
  title: 'Cat, cup',
  caption: null,
  description: 'A cat on a sofa; a cup of coffee.',
  keywords: ['cat'],
  file_name: null,
  text_alternative: '0:00 A cat on a sofa.',
};
const PAGE = {
  content_url: 'https://example.org/a.mp4',
  thumbnail_url: 'https://example.org/a.jpg',
  uploaded_at: '2026-12-01T10:00:00+01:00',
};
const FACTS: VideoFacts = {
  duration: 75.4,
  has_sound: false,
  is_whole: true,
  scenes: [
    { at: 1, from: 0, to: 6, caption: 'Eine Katze', source: 'A cat' },
    { at: 7, from: 6, to: 75.4, caption: 'Eine Tasse', source: 'A cup' },
  ],
  poster: { image_sha256: 'a'.repeat(64), at: 7 },
  page: PAGE,
};

/** What schema.org and search engines ask of a VideoObject: https://schema.org/VideoObject and Google's list of required properties. */
function problemsOf(object: Readonly<Record<string, string>>): string[] {
  const isUrl = (text: string) => /^https?:\/\/\S+$/.test(text);
  const rules: Record<string, (text: string) => boolean> = {
    '@context': (text) => text === 'https://schema.org',
    '@type': (text) => text === 'VideoObject',
    name: (text) => text.trim() !== '',
    description: (text) => text.trim() !== '',
    thumbnailUrl: isUrl,
    uploadDate: (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
    duration: (text) => /^PT(?=\d)(\d+H)?([1-5]?\dM)?([1-5]?\dS)?$/.test(text),
    contentUrl: isUrl,
  };
  const known = Object.keys(object).filter((name) => !(name in rules));
  return [
    ...known.map((name) => `${name} is not known`),
    ...Object.entries(rules).flatMap(([name, isRight]) => (isRight(object[name] ?? '') ? [] : [name])),
  ];
}

test('the VideoObject has every required property, with the texts that a person approved in place of the suggested ones', () => {
  const { video_object, video_object_lacks } = videoDetails(FACTS, { fields: FIELDS, values: null });
  expect(problemsOf(video_object)).toEqual([]);
  expect(video_object_lacks).toEqual([]);
  expect(video_object).toMatchObject({ name: 'Cat, cup', duration: 'PT1M15S' });
  const values = { alt_text: 'Minka', description: '' };
  const approved = videoDetails(FACTS, { fields: FIELDS, values }).video_object;
  expect(problemsOf(approved)).toEqual([]);
  expect(approved).toMatchObject({ name: 'Minka', description: 'Minka' });
});

test('a video that is decorative, or whose page said nothing, still has a name, and says what is missing', () => {
  const bare = videoDetails({ ...FACTS, page: {} }, { fields: FIELDS, values: { alt_text: '' } });
  expect(problemsOf(bare.video_object)).toEqual(['thumbnailUrl', 'uploadDate', 'contentUrl']);
  expect(bare.video_object_lacks).toEqual(['thumbnailUrl', 'uploadDate']);
});

test.each([
  [0.2, 'PT1S'],
  [59.6, 'PT1M'],
  [3600, 'PT1H'],
  [14_399, 'PT3H59M59S'],
])('%p seconds are %s', (duration, expected) => {
  expect(videoDetails({ ...FACTS, duration }, { fields: FIELDS, values: null }).iso_duration).toBe(expected);
});

test('the poster has the caption of its scene, and the criteria follow the sound', () => {
  const silent = videoDetails(FACTS, { fields: FIELDS, values: null });
  expect(silent).toMatchObject({ poster: { alt_text: 'Eine Tasse' }, wcag: { helps: ['1.2.1'], open: [] } });
  const loud = videoDetails({ ...FACTS, has_sound: true, is_whole: false }, { fields: FIELDS, values: null });
  expect(loud).toMatchObject({ wcag: { helps: [], open: ['1.2.2', '1.2.3', '1.2.5'] } });
  expect(loud.note).toContain('The sound was not heard. The file is damaged');
  const unknown = videoDetails({ ...FACTS, has_sound: null }, { fields: FIELDS, values: null });
  expect(unknown).toMatchObject({ wcag: { helps: [], open: [] } });
});
