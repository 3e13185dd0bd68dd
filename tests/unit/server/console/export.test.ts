import type { CaptionReply } from '../../../../server/contract/caption';
import { ApiError } from '../../../../server/console/connection/api-error';
import { asText, csvCell } from '../../../../server/console/try/export';
import type { Picture } from '../../../../server/console/try/picture';

const reply: CaptionReply = {
  caption: 'a dog on a beach',
  alt_text: 'A dog on a beach',
  alternatives: [],
  confidence: 0.71,
  flags: [{ code: 'linked', message: 'The image is a link.' }],
  seo: { title: null, caption: null, description: null, keywords: null, file_name: null },
  tokens: 6,
  model: { id: 'mini', precision: 'int8', demonstration: true, calibrated: true },
  timings: { decode: 1, vision: 2, text: 3, total: 1234 },
};

function aPicture(patch: Partial<Picture>): Picture {
  return {
    id: 1,
    name: 'dog.jpg',
    blob: new Blob([]),
    url: 'blob:x',
    state: 'done',
    options: {},
    reply,
    error: null,
    answers: [],
    ...patch,
  };
}

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '\u0000=1'])(
  'a spreadsheet does not run the cell %j',
  (text) => {
    expect(csvCell(text)).toBe(`"'${text}"`);
  },
);

test('quotes are doubled, and plain text stays as it is', () => {
  expect(csvCell('say "cheese"')).toBe('"say ""cheese"""');
  expect(csvCell('a dog - on a beach')).toBe('"a dog - on a beach"');
});

test('a CSV has a head, a row for each picture, and the name of the demonstration', () => {
  const failed = aPicture({
    name: '=cmd.jpg',
    reply: null,
    state: 'failed',
    error: new ApiError('IMAGE_CORRUPT', 'x'),
  });
  const lines = asText([aPicture({}), failed], 'csv').split('\r\n');
  expect(lines[0]).toBe(
    '\ufeff"file","alt_text","caption","confidence","flags","seconds","model","demonstration","error"',
  );
  expect(lines[1]).toBe('"dog.jpg","A dog on a beach","a dog on a beach","0.71","linked","1.234","mini int8","yes",""');
  expect(lines[2]).toBe(`"'=cmd.jpg","","","","","","","","IMAGE_CORRUPT"`);
});

test('a text file has one line for each picture, whatever its name', () => {
  expect(asText([aPicture({ name: 'two\nlines\t.jpg' }), aPicture({ reply: null })], 'txt')).toBe(
    'two lines .jpg\tA dog on a beach\ndog.jpg\t\n',
  );
});

test('JSON holds the whole answer, and the questions that were answered', () => {
  const answered = {
    question: 'What colour?',
    reply: { answer: 'brown', tokens: 1, confidence: 0.5, model: reply.model, timings: reply.timings },
    error: null,
  };
  const open = { question: 'And now?', reply: null, error: null };
  expect(JSON.parse(asText([aPicture({ answers: [answered, open] })], 'json'))).toEqual([
    { file: 'dog.jpg', ...reply, answers: [{ question: 'What colour?', answer: 'brown', confidence: 0.5 }] },
  ]);
});
