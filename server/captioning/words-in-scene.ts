import type { Caption, Captioner, StoredPicture } from '../../models/captioner';
import type { PictureWords } from '../contract/worker';

/** Captions that speak of writing: Tesseract reads print, and the letters on a shop front or a shirt are none. */
const SPEAKS_OF_WRITING =
  /\b(?:text|words?|letters?|lettering|writing|written|signs?|posters?|labels?|menu|billboard)\b|\bthat (?:says|reads)\b/i;
/** A model's own reading says nothing of its confidence or of places. */
const UNKNOWN = { confidence: 0, height: 0, area: 0 };

/**
 * The words in a scene, by the captioning model itself where it reads (Florence-2's task `ocr`): asked where a caption speaks of writing
 * or there are lines, and Tesseract read none.
 */
export async function wordsInScene(
  captioner: Captioner,
  picture: StoredPicture,
  { read, caption, signal }: { read: PictureWords; caption: Caption; signal: AbortSignal },
): Promise<PictureWords> {
  const isHint = read.unreadable || caption.candidates.some(({ text }) => SPEAKS_OF_WRITING.test(text));
  if (read.lines.length > 0 || !isHint || captioner.info.tasks?.includes('ocr') !== true) return read;
  const { candidates } = await captioner.caption(picture, { task: 'ocr', beams: 1, candidates: 1, signal });
  const lines = candidates[0].text
    .split('\n')
    .map((line) => line.trim())
    .filter((text) => /[\p{L}\p{N}]{2}/u.test(text));
  return lines.length === 0 ? read : { ...read, lines: lines.map((text) => ({ text, ...UNKNOWN })), unreadable: false };
}
