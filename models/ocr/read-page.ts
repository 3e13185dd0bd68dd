import { pageText, weightOf, type PageText } from './page-text';
import type { GreyPicture, Tesseract } from './tesseract';
import { tiltOf } from './tilt';

/** A dense page: more would take longer than the caption. */
export const MOST_LINES = 60;
/** Words on the head are read as short nonsense; so many letters are worth a second look at the turned picture. */
const WORTH_TURNING = 6;
/** Confidence of a letter, of 100, below which a picture as a whole was not read well. */
const READ_WELL = 50;
/** How much more the second look must have read. */
const BETTER = 1.5;

function turned({ data, width, height }: GreyPicture): GreyPicture {
  return { data: data.slice().reverse(), width, height };
}

/** Reads a picture; where little of what is there can be trusted, also upside down, and put straight. */
export function readPage(tesseract: Pick<Tesseract, 'read'>, picture: GreyPicture): PageText {
  const pixels = picture.width * picture.height;
  const look = (at: GreyPicture, tilt?: number) => {
    const { words, linesLeftOut } = tesseract.read(at, { mostLines: MOST_LINES, tilt });
    const letters = words.reduce((sum, { text }) => sum + text.length, 0);
    return { page: pageText({ words, linesLeftOut }, pixels), letters };
  };
  const { page, letters } = look(picture);
  const upright = { ...page, upsideDown: false };
  if (letters >= WORTH_TURNING && weightOf(page) > READ_WELL * letters) return upright;
  if (letters >= WORTH_TURNING) {
    const other = look(turned(picture)).page;
    if (weightOf(other) > BETTER * weightOf(page)) return { ...other, upsideDown: true };
  }
  const tilt = tiltOf(picture);
  if (tilt === null) return upright;
  const straight = look(picture, tilt).page;
  return weightOf(straight) > BETTER * weightOf(page) ? { ...straight, upsideDown: false } : upright;
}
