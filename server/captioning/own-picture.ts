import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withAnySignal } from '../any-signal';
import { toAppError, type AppError } from '../errors';
import { storageProblem } from '../storage/sqlite-error';
import type { CaptionEngine } from './engine';
import { SUGGESTION_SETTINGS } from './settings';

/** A PNG of 48 by 36 pixels: a sun over a meadow. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAkBAMAAAA9a6Q5AAAACVBMVEVuquY8jDz63DxL3QZRAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAMUlE' +
    'QVQokWNgGExASUkBqziTkpISDg1K2LUo0UGCCZerGHD5gyZAEAdgGJVAB4MzSAC/XyGRxhC8+AAAAABJRU5ErkJggg==',
  'base64',
);
/** Written beside it and removed again: room for a picture of the usual size has to be there too. */
const ROOM_BYTES = 2_000_000;

/**
 * Does what a job does, with a picture that comes with the program: writes it to the folder, captions it, makes a thumbnail.
 * Resolves with what went wrong, or null.
 */
export async function tryOwnPicture(
  engine: Pick<CaptionEngine, 'run'>,
  folder: string,
  signal: AbortSignal,
): Promise<AppError | null> {
  const file = path.join(folder, 'own-picture.png');
  const room = path.join(folder, 'own-picture.room');
  const thumbnailPath = `${file}.webp`;
  try {
    await Promise.all([writeFile(file, PICTURE), writeFile(room, Buffer.alloc(ROOM_BYTES, 1))]);
    // The caller's signal may live as long as the process, and the engine does not let go of the one it gets.
    await withAnySignal([signal], (own) =>
      engine.run({ imagePath: file, options: SUGGESTION_SETTINGS, thumbnailPath, signal: own }),
    );
    return null;
  } catch (thrown) {
    return storageProblem(thrown) ?? toAppError(thrown);
  } finally {
    await Promise.all([file, room, thumbnailPath].map((one) => rm(one, { force: true }).catch(() => undefined)));
  }
}
