import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { readCases, readWords, writeConfig, type BlipCase } from '../models/blip-cases';
import { blipLayout } from './blip-layout';
import { bytesOf, type WeightSpec } from './weights';

/** A model.safetensors of zeros that takes no room on the disk, however large it is. */
export function writeZeros(file: string, specs: readonly WeightSpec[]): void {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const spec of specs) {
    header[spec.name] = { dtype: spec.type, shape: spec.dims, data_offsets: [end, end + bytesOf(spec)] };
    end += bytesOf(spec);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = openSync(file, 'w');
  writeSync(handle, Buffer.concat([length, json]));
  ftruncateSync(handle, length.length + json.length + end);
  closeSync(handle);
}

/** A checkpoint as the hub lays it out, of the given sizes beside those of the smallest case, with zeros as weights. */
export function writeZeroCheckpoint(
  folder: string,
  sizes: { readonly vision?: Partial<BlipCase['vision']>; readonly text?: Partial<BlipCase['text']> },
): void {
  const smallest = readCases()[0]!;
  const blip = {
    ...smallest,
    vision: { ...smallest.vision, ...sizes.vision },
    text: { ...smallest.text, ...sizes.text },
  };
  const words = readWords();
  // BLIP's weights have rows for two more tokens than its vocabulary.
  while (words.length < blip.text.vocab_size - 2) words.push(`w${words.length}`);
  writeConfig(folder, blip, words);
  writeZeros(path.join(folder, 'model.safetensors'), blipLayout(blip));
}
