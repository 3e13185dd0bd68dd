import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { MiniSource } from '../../../models/architectures/mini/convert';
import type { MiniPrecision } from '../../../models/architectures/mini/weights';
import { UsageError } from '../command';
import type { Precision } from './words';

/** mini's training leaves one .safetensors file with its widths inside, and vocab.txt; null for any other folder. */
export function miniCheckpoint(folder: string): MiniSource | null {
  const vocabulary = path.join(folder, 'vocab.txt');
  if (!existsSync(vocabulary) || existsSync(path.join(folder, 'config.json'))) return null;
  const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  if (name === undefined || others.length > 0) return null;
  return { checkpoint: path.join(folder, name), vocabulary };
}

/** The precision that mini is made in. Throws UsageError for one it does not come in, or another id. */
export function miniPrecision(wish: { readonly precision: Precision; readonly id?: string }): MiniPrecision {
  if (wish.id !== undefined) throw new UsageError('mini keeps its name; leave --id out.');
  if (wish.precision === 'int4') throw new UsageError('mini does not come in int4.');
  return wish.precision;
}
