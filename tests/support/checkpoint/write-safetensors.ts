import { closeSync, openSync, writeSync } from 'node:fs';
import { bytesOf, type WeightSource } from './weights';

/** Writes a .safetensors file as the official library does, one tensor at a time. */
export function writeSafetensors(file: string, source: WeightSource): void {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const spec of source.specs) {
    header[spec.name] = { dtype: spec.type, shape: spec.dims, data_offsets: [end, end + bytesOf(spec)] };
    end += bytesOf(spec);
  }
  const text = JSON.stringify(header);
  // The library pads the header with spaces to a multiple of eight.
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = openSync(file, 'w');
  writeSync(handle, length);
  writeSync(handle, json);
  for (const spec of source.specs) writeSync(handle, source.bytes(spec));
  closeSync(handle);
}
