import { finishTranslation } from '../../../../server/translating/finish';

test.each([
  ['eine Katze auf einem Tisch.', 'A cat on a table', 'de', 'Eine Katze auf einem Tisch'],
  ['ilk kedi', 'First cat', 'tr', 'İlk kedi'],
  ['テーブルの上の猫。', 'A cat on a table', 'ja', 'テーブルの上の猫'],
  ['قطة على طاولة؟', 'A cat on a table', 'ar', 'قطة على طاولة'],
  ['un chat !', 'A cat!', 'fr', 'Un chat !'],
  ['eine Katze', 'cat', 'de', 'eine Katze'],
  ['«ein Hut»', 'A hat', 'de', '«Ein Hut»'],
  ['Cafe\u0301  auf\u00a0dem \u200bTisch ', 'A café on a table', 'de', 'Café auf dem Tisch'],
  ['12 Hunde', 'Twelve dogs', 'de', '12 Hunde'],
  ['.', 'A cat', 'de', ''],
  ['', 'A cat', 'de', ''],
])('%j beside %j in %s becomes %j', (translation, source, language, due) =>
  expect(finishTranslation(translation, source, language)).toBe(due),
);
