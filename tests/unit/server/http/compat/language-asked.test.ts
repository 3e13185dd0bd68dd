import { languageAsked } from '../../../../../server/http/compat/openai/language';

test.each([
  [
    'Generate alt text for this image. Ensure the alt text you return matches the language of this locale: de_DE.',
    'de',
  ],
  [
    'Alternativtext für dieses Bild erzeugen. Der Text muss in der Sprache dieses Gebietsschemas sein: de_DE_formal.',
    'de',
  ],
  ['この画像の代替テキストを生成します。ロケールの言語: ja。', 'ja'],
  [
    'Generate alt text. Match the language of this locale: pt_BR.\n\n<image-meta>Linked: yes, de_DE</image-meta>',
    'pt-BR',
  ],
])('%s asks for %s', (text, language) => {
  expect(languageAsked(text)).toBe(language);
});

test.each([
  'Generate alt text for this image. Ensure the alt text you return matches the language of this locale: en_US.',
  'Generate alt text for this image.\n\n<additional-context>A file named map_de_DE, in de_DE.</additional-context>',
  'The picture is IMG_de_DE-2.jpg',
  'Compare the signs in de_DE and fr_FR.',
  'Describe this: the dog',
  'Describe this: dog',
  '',
  undefined,
])('%s names no other language than English', (text) => {
  expect(languageAsked(text)).toBeNull();
});
