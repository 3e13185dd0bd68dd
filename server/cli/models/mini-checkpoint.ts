import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { convertMini, type MiniSource } from '../../../models/convert/mini/convert';
import type { Manifest } from '../../../models/blip/manifest';
import { UsageError, type Precision } from './words';

/** mini's training leaves one .safetensors file with its widths inside, and vocab.txt; null for any other folder. */
export function miniCheckpoint(folder: string): MiniSource | null {
  const vocabulary = path.join(folder, 'vocab.txt');
  if (!existsSync(vocabulary) || existsSync(path.join(folder, 'config.json'))) return null;
  const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  if (name === undefined || others.length > 0) return null;
  return { checkpoint: path.join(folder, name), vocabulary };
}

/** Makes mini from its checkpoint. Throws UsageError for a precision it does not come in, or another id. */
export function convertMiniCheckpoint(
  source: MiniSource,
  wish: { readonly target: string; readonly precision: Precision; readonly id?: string },
): Promise<Manifest> {
  if (wish.precision === 'int8-vnni') throw new UsageError('mini comes in fp32, fp16 and int8.');
  if (wish.id !== undefined) throw new UsageError('mini keeps its name; leave --id out.');
  return convertMini(source, wish.target, wish.precision);
}
