import { SuggestionList } from '../../../../server/review/suggestion-list';
import type { Storage } from '../../../../server/storage/database';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';

let storage: Storage;
let site: ReturnType<typeof siteOf>;

beforeEach(() => {
  storage = freshDatabase();
  site = siteOf(storage);
});

function search(q: string, siteId = site.id): string[] {
  const { items } = new SuggestionList(storage, { siteId, instance: null }).page({ q, sort: 'oldest', limit: 50 });
  return items.map(({ subject }) => subject.id);
}

test.each([
  ['beginnings of words in any order', 'Zwei Hunde am Strand', 'stra zwe', true],
  ['not the middle of a word', 'Zwei Hunde am Strand', 'rand', false],
  ['every word', 'Zwei Hunde am Strand', 'strand katze', false],
  ['case and accents do not matter', 'Ein CAFÉ in Malmö', 'cafe malmo', true],
  ['accents in the search neither', 'A cafe in Malmo', 'Café Malmö', true],
  ['letters that are no letter with an accent', 'Die Straße nach Tromsø', 'strasse tromso', true],
  ['signs between words', 'A dog (brown), jumping!', '"brown" jump*', true],
  ['full-width letters', 'ＩＭＧ number', 'img', true],
  ['Chinese: any two characters', '一只棕色的狗在海滩上奔跑', '海滩', true],
  ['Chinese: one character', '一只棕色的狗在海滩上奔跑', '狗', true],
  ['Chinese: the last character', '一只棕色的狗在海滩上奔跑', '跑', true],
  ['Chinese: many characters that stand together', '一只棕色的狗在海滩上奔跑', '狗在海滩上', true],
  ['Chinese: pairs that do not stand together', '海滩 滩上 海滩边', '海滩上', false],
  ['Japanese', '白いカップに入ったコーヒー', 'コーヒー', true],
  ['Japanese in half-width', '白いカップに入ったコーヒー', 'ｺｰﾋｰ', true],
  ['Korean', '해변을 달리는 갈색 개', '리는', true],
  ['Thai', 'สุนัขสีน้ำตาลวิ่งบนชายหาด', 'ชายหาด', true],
  ['Latin letters beside Chinese ones', '一张iPhone照片', 'iphone 照片', true],
  ['a cursor of FTS5 has no meaning', 'A dog', 'NEAR(dog cat) OR dog', false],
])('%s', (_, altText, q, isFound) => {
  site.suggest({ altText, subject: 'the one' });
  site.suggest({ altText: 'Something else', subject: 'other' });
  expect(search(q)).toEqual(isFound ? ['the one'] : []);
});

test('a file name and the id of the subject are found', () => {
  site.suggest({ altText: 'A dog', subject: '12345', fileName: 'IMG_2024-summer.jpg' });
  expect(search('img 2024')).toEqual(['12345']);
  expect(search('123')).toEqual(['12345']);
  expect(search('345')).toEqual([]);
});

test('what a person wrote is found as long as it stands', () => {
  const { id, version } = site.suggest({ altText: 'A dog', subject: 'the one' });
  const by = { id: '1', name: 'An Editor' };
  site.suggestions.decide(id, { action: 'approve', values: { alt_text: 'Laika, a dog' }, by, version });
  expect(search('laika dog')).toEqual(['the one']);
  site.suggestions.decide(id, { action: 'reopen', by, version: version + 1 });
  expect(search('laika')).toEqual([]);
  expect(search('dog')).toEqual(['the one']);
});

test('another site’s texts are not found, nor by a beginning that many words share', () => {
  const other = siteOf(storage, 'other');
  for (const word of 'abcdefghijklmnopqrstuvwxyz') other.suggest({ altText: `wordy${word}` });
  site.suggest({ altText: 'wordybody', subject: 'the one' });
  expect(search('wordy')).toEqual(['the one']);
  expect(search('w')).toEqual(['the one']);
  expect(search('wordy', other.id)).toHaveLength(26);
});

test('a search without a letter or digit finds nothing', () => {
  site.suggest({ altText: 'A dog' });
  expect(search('?!')).toEqual([]);
});

test('a text as long as texts may be is found by its last word', () => {
  const long = `${'lorem ipsum dolor '.repeat(500)}final`;
  site.suggest({ altText: long, subject: 'long' });
  site.suggest({ altText: '海'.repeat(3000) + '滩', subject: 'unspaced' });
  expect(search('final lor')).toEqual(['long']);
  expect(search('海滩')).toEqual(['unspaced']);
  expect(search(`${'海'.repeat(40)}滩`)).toEqual(['unspaced']);
});

test('one request reads a bounded number of rows for characters that must stand together, and says where to go on', () => {
  storage.transaction(() => {
    for (let row = 0; row < 1050; row += 1) site.suggest({ altText: '海滩 滩上', confidence: 0.4 });
    site.suggest({ altText: '一条狗在海滩上', subject: 'the one', confidence: 0.5 });
  });
  const list = new SuggestionList(storage, { siteId: site.id, instance: null });
  for (const sort of ['oldest', 'confidence'] as const) {
    const first = list.page({ q: '海滩上', sort, limit: 50 });
    expect([first.items, first.next]).toEqual([[], expect.any(String)]);
    const second = list.page({ q: '海滩上', sort, limit: 50, after: first.next ?? '' });
    expect([second.items.map(({ subject }) => subject.id), second.next]).toEqual([['the one'], null]);
  }
});

test('a total is counted in stretches and for a short time; it says when there may be more', () => {
  site.suggest({ altText: 'A dog' });
  storage.db.prepare("UPDATE sqlite_sequence SET seq = 200000 WHERE name = 'suggestions'").run();
  site.suggest({ altText: 'A dog' });
  const totalBy = (now: () => number) =>
    new SuggestionList(storage, { siteId: site.id, instance: null }, now).total({ q: 'dog', sort: 'oldest', limit: 1 });
  expect(totalBy(() => 0)).toEqual({ total: 2, capped: false });
  let time = 0;
  expect(totalBy(() => (time += 100))).toEqual({ total: 1, capped: true });
});

test('what is erased leaves no word behind', () => {
  const { id } = site.suggest({ altText: 'Secretword of somebody' });
  site.suggest({ altText: 'Another text' });
  storage.db.prepare('DELETE FROM suggestions WHERE id = ?').run(id);
  const blocks = storage.db.prepare<[], Buffer>('SELECT block FROM suggestion_index_data').pluck().all();
  expect(blocks.some((block) => block.includes('secretword'))).toBe(false);
  expect(blocks.some((block) => block.includes('another'))).toBe(true);
});
