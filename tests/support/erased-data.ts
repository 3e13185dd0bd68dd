import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, type Storage } from '../../server/storage/database';
import { fakeCaption } from './fake-engine';
import { samplePng, type SampleImage } from './sample-image';
import type { TestSidecar } from './test-sidecar';

/** What must not be found anywhere once it is erased. */
export type Needle = string | Buffer;

export const SECRET = 'Zaphod Beeblebrox at his desk';
const by = { id: '1', name: 'Ada' };
/** A word that stands in the search index of one picture only. */
const WORDS = ['', 'xylophonist', 'quartermaster'];

/** Every file of a data folder; the backups, and what a restore must know, only when asked for. */
export function filesOf(folder: string, withBackups = false): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (!entry.isDirectory()) return [file];
    return ['backups', 'lists'].includes(entry.name) && !withBackups ? [] : filesOf(file, withBackups);
  });
}

/** Files of the data folder in which one of the needles stands. */
export function filesWith({ dataDir }: TestSidecar, needles: readonly Needle[]): string[] {
  return filesOf(dataDir).filter((file) => {
    const bytes = readFileSync(file);
    return needles.some((needle) => bytes.includes(needle));
  });
}

/** A picture with a text by a person, decided; gives what must not be found of it afterwards. */
export async function aDecidedPicture(
  sidecar: TestSidecar,
  seed: number,
  subjectId: string,
): Promise<{ image: SampleImage; needles: Needle[] }> {
  const image = samplePng(seed, { padding: 400 });
  const context = { file_name: `secret-${seed}-name.jpg` };
  const current = { alt_text: `${SECRET} ${seed} before` };
  const suggestion = await sidecar.suggest(image, subjectId, { context, current });
  const word = WORDS[seed] ?? '';
  const values = { alt_text: `${SECRET} ${seed}`, title: word };
  await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, {
    action: 'approve',
    values,
    by,
    version: 1,
  });
  const words = fakeCaption(image.bytes).slice(2);
  return {
    image,
    needles: [`${SECRET} ${seed}`, `secret-${seed}-name`, word, words, image.sha256, image.bytes.subarray(0, 200)],
  };
}

/** Gives `work` a connection of its own to the database of a sidecar. */
export function withStorageOf<Result>({ dataDir }: TestSidecar, work: (storage: Storage) => Result): Result {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  try {
    return work(storage);
  } finally {
    storage.close();
  }
}
