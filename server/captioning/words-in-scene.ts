import type { Caption, Captioner, StoredPicture } from '../../models/captioner';
import { untilAborted } from '../any-signal';
import type { PictureWords } from '../contract/worker';

/** Captions that speak of writing: Tesseract reads print, and the letters on a shop front or a shirt are none. */
const SPEAKS_OF_WRITING =
  /\b(?:text|words?|letters?|lettering|writing|written|signs?|posters?|labels?|menu|billboard)\b|\bthat (?:says|reads)\b/i;
/** A model's own reading says nothing of its confidence or of places. */
const UNKNOWN = { confidence: 0, height: 0, area: 0 };
/** A picture that took longer keeps what it has: a second look could cost it its caption, by the limit on a picture. */
const SECOND_LOOK_WITHIN_MS = 20_000;

interface Look {
  /** Null where the picture was asked about instead. */
  readonly caption: Caption | null;
  /** Of `performance.now()`, when work on the picture began. */
  readonly begun: number;
  readonly signal: AbortSignal;
  /** Told why the second look brought nothing; the caption does not suffer. */
  readonly failed: (reason: string) => void;
}

/**
 * The words in a picture: those that `reading` brings, and in a scene those that the captioning model itself reads (Florence-2's task
 * `ocr`): asked where a caption speaks of writing or there are lines, and Tesseract read none. Rejects only when the signal aborts, at
 * once, so that a cancelled run frees its worker.
 */
export async function wordsInScene(
  captioner: Captioner,
  picture: StoredPicture,
  reading: Promise<PictureWords | null | undefined>,
  { caption, begun, signal, failed }: Look,
): Promise<PictureWords | null | undefined> {
  const read = await untilAborted(reading, signal);
  if (read == null || read.lines.length > 0 || caption === null) return read;
  const isHint = read.unreadable || caption.candidates.some(({ text }) => SPEAKS_OF_WRITING.test(text));
  const isLate = performance.now() - begun > SECOND_LOOK_WITHIN_MS;
  if (!isHint || isLate || captioner.info.tasks?.includes('ocr') !== true) return read;
  try {
    const { candidates } = await captioner.caption(picture, { task: 'ocr', beams: 1, candidates: 1, signal });
    const lines = candidates[0].text
      .split('\n')
      .map((line) => line.trim())
      .filter((text) => /[\p{L}\p{N}]{2}/u.test(text));
    if (lines.length === 0) return read;
    return { ...read, lines: lines.map((text) => ({ text, ...UNKNOWN })), unreadable: false };
  } catch (error) {
    if (signal.aborted) throw error;
    failed(error instanceof Error ? error.message : String(error));
    return read;
  }
}
