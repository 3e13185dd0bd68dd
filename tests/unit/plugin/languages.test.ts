/** @jest-environment jsdom */
import { languageName } from '../../../plugin/src/shared/languages';

test.each([
  ['de', 'de', 'Deutsch'],
  ['de', 'de_DE_formal', 'Deutsch'],
  ['en', 'pt_BR', 'Brazilian Portuguese'],
  ['ar', 'fr', 'الفرنسية'],
  ['en', 'bel', 'Belarusian'],
  ['en', 'not a tag', 'not a tag'],
])('in %s, %s is %s', (reader, tag, name) => {
  document.documentElement.lang = reader;
  expect(languageName(tag)).toBe(name);
});
