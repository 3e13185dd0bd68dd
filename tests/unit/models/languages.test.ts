import { bestLanguage, canonicalTag } from '../../../models/languages';
import { languageOfCode } from '../../../models/architectures/marian/languages';

test.each([
  ['deu', 'de'],
  ['por', 'pt'],
  ['pob', 'pt-BR'],
  ['pt_br', 'pt-BR'],
  ['zho_Hans', 'zh-Hans'],
  ['cmn_Hant', 'zh-Hant'],
  ['en', 'en'],
])('the code %s of OPUS-MT is the language %s', (code, language) => expect(languageOfCode(code)).toBe(language));

test('what is no tag is none', () => {
  expect([canonicalTag(''), canonicalTag('x'), canonicalTag('de DE'), languageOfCode('ROMANCE 1')]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test.each([
  ['de', ['de'], 'de'],
  ['de-AT', ['de'], 'de'],
  ['de-DE-formal', ['de'], 'de'],
  ['pt', ['pt', 'pt-BR'], 'pt'],
  ['pt-BR', ['pt', 'pt-BR'], 'pt-BR'],
  ['pt-BR', ['pt'], 'pt'],
  ['pt-PT', ['pt-BR'], 'pt-BR'],
  ['zh-TW', ['zh-Hans', 'zh-Hant'], 'zh-Hant'],
  ['zh-CN', ['zh-Hans', 'zh-Hant'], 'zh-Hans'],
  ['zh-HK', ['zh-Hans'], null],
  ['no', ['nb'], 'nb'],
  ['sr', ['sr-Latn'], null],
  ['fr', ['de'], null],
])('%s among %j is %s', (wanted, offered, found) => expect(bestLanguage(wanted, offered)).toBe(found));
