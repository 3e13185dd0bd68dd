import { pageText, weightOf } from '../../../../models/ocr/page-text';
import { readPage } from '../../../../models/ocr/read-page';
import type { OcrWord } from '../../../../models/ocr/tesseract';
import { tiltOf } from '../../../../models/ocr/tilt';

const PIXELS = 1_000_000;

function wordsIn(text: string, confidence = 95): OcrWord[] {
  return text.split('\n').flatMap((line, row) =>
    line.split(' ').map((word, at) => ({
      ...{ text: word, confidence, left: 100 * at, top: 40 * row, width: 90, height: 20 },
      line: `1.1.${row}`,
    })),
  );
}
const reading = (words: readonly OcrWord[], linesLeftOut = 0) => ({ words, linesLeftOut });

describe('the words of a picture', () => {
  test('are its lines, in order', () => {
    const { lines } = pageText(reading(wordsIn('Open daily\nfrom nine')), PIXELS);
    expect(lines.map(({ text }) => text)).toEqual(['Open daily', 'from nine']);
  });

  test('are none where texture was read as short or doubtful words', () => {
    const texture = [...wordsIn('a il oe', 50), ...wordsIn('—', 95), ...wordsIn('is', 90)];
    expect(pageText(reading(texture), PIXELS).lines).toEqual([]);
  });

  test('have no bullets, frames and icons at their ends', () => {
    const { lines } = pageText(reading(wordsIn('© Open daily |')), PIXELS);
    expect(lines.map(({ text }) => text)).toEqual(['Open daily']);
  });

  test('stand without spaces in scripts that have none', () => {
    const { lines } = pageText(reading(wordsIn('营 业 时 间 open daily')), PIXELS);
    expect(lines[0]?.text).toBe('营业时间 open daily');
  });

  test('say when lines were left out, and when there is writing that cannot be read', () => {
    expect(pageText(reading(wordsIn('Open daily'), 12), PIXELS)).toMatchObject({ linesLeftOut: 12, unreadable: false });
    const blurred = wordsIn('wrlttcn mvch toa smal\nfcr anybodv ta reab', 20);
    expect(pageText(reading(blurred), PIXELS)).toMatchObject({ lines: [], unreadable: true });
  });

  test('weigh as much as their letters are sure', () => {
    const { lines } = pageText(reading(wordsIn('Open', 90)), PIXELS);
    expect(weightOf({ lines })).toBe(360);
  });
});

describe('a page', () => {
  const picture = { data: new Uint8Array([1, 2, 3, 4]), width: 2, height: 2 };

  test('that reads better upside down is read so, and says it', () => {
    const read = ({ data }: { data: Uint8Array }) =>
      reading(data[0] === 4 ? wordsIn('Open daily') : wordsIn('AlIep uedO', 30));
    expect(readPage({ read }, picture)).toMatchObject({ upsideDown: true, lines: [{ text: 'Open daily' }] });
  });

  test('that reads well is read once', () => {
    const read = jest.fn(() => reading(wordsIn('Open daily')));
    expect(readPage({ read }, picture)).toMatchObject({ upsideDown: false });
    expect(read).toHaveBeenCalledTimes(1);
  });
});

test('lines that go down to the right are tilted; a plain area is not', () => {
  const [width, height] = [600, 400];
  const data = new Uint8Array(width * height).fill(255);
  const slope = Math.tan((8 * Math.PI) / 180);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) if ((Math.round(y - slope * x) + 4000) % 40 < 12) data[y * width + x] = 0;
  }
  expect(tiltOf({ data, width, height })).toBeCloseTo((-8 * Math.PI) / 180, 2);
  expect(tiltOf({ data: new Uint8Array(width * height), width, height })).toBeNull();
});
