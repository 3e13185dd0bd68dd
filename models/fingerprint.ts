import { createHash } from 'node:crypto';
import type { Manifest } from './model-folder/manifest';

/** Collisions are accidents among the few models that one owner ever uses, so 48 bits are plenty. */
const DIGITS = 12;

/** Short name of what makes a model this one, in hexadecimal. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGITS);
}

/** Of a model folder: its files, and how sentences are searched. The folder's name, which fine-tunes often share, is not part of it. */
export function fingerprintOfModel({ files, presets, default_preset, tasks, prompted }: Manifest): string {
  const sums = files.map(({ name, sha256 }) => [name, sha256]);
  return fingerprintOf([sums, presets, default_preset, tasks ?? null, prompted]);
}
