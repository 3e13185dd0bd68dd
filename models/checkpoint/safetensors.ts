import { closeSync, fstatSync, openSync } from 'node:fs';
import { z } from 'zod';
import { CHECKPOINT_TYPES, damaged, type Checkpoint, type CheckpointType, type TensorEntry } from './checkpoint';
import { readRange } from './file-range';
import { foreignFile, HEAD_BYTES } from './foreign-files';

/** Real headers are some 100 kB; the cap keeps a foreign file from claiming the memory. */
const MAX_HEADER_BYTES = 25_000_000;

const count = z.number().int().nonnegative();
const Entry = z.object({
  dtype: z.custom<CheckpointType>((value) => typeof value === 'string' && Object.hasOwn(CHECKPOINT_TYPES, value)),
  shape: z.array(count).max(8),
  data_offsets: z.tuple([count, count]),
});
const Header = z.record(z.string(), z.unknown());
const Metadata = z.record(z.string(), z.string());

interface Place extends TensorEntry {
  readonly begin: number;
  readonly end: number;
}

function readHeader(file: string, handle: number, fileBytes: number): { json: unknown; bytes: number } {
  const prefix = readRange(handle, 8, 0);
  if (prefix === null) throw damaged(file, 'it is shorter than eight bytes');
  const foreign = foreignFile(readRange(handle, Math.min(HEAD_BYTES, fileBytes), 0) ?? '');
  if (foreign !== null) throw damaged(file, foreign.reason, foreign.advice);
  const length = Number(prefix.readBigUInt64LE());
  if (length > MAX_HEADER_BYTES) throw damaged(file, 'it is not a safetensors file');
  if (8 + length > fileBytes) throw damaged(file, 'it is cut, or not a safetensors file');
  const text = readRange(handle, length, 8);
  if (text === null) throw damaged(file, 'its header is cut');
  try {
    return { json: JSON.parse(text.toString('utf8')), bytes: 8 + length };
  } catch {
    // The parser's own message quotes the bytes, which helps nobody.
    throw damaged(file, 'it is not a safetensors file');
  }
}

function placeOf(file: string, name: string, value: unknown, dataBytes: number): Place {
  const parsed = Entry.safeParse(value);
  if (!parsed.success) throw damaged(file, `the entry "${name}" of its header is not understood`);
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  const [begin, end] = offsets;
  const due = shape.reduce((product, dim) => product * dim, CHECKPOINT_TYPES[dtype]);
  if (end - begin !== due || end > dataBytes) throw damaged(file, `the weight "${name}" is cut`);
  return { type: dtype, dims: shape, begin, end };
}

/** Two weights that share bytes are a sign of a file made to mislead; the format forbids it. */
function refuseOverlap(file: string, places: ReadonlyMap<string, Place>): void {
  const byBegin = [...places].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const [name, place] of byBegin) {
    if (place.begin < end) throw damaged(file, `the weight "${name}" overlaps another`);
    end = place.end;
  }
}

/** Opens a .safetensors file; only its header is read. Throws ModelError MODEL_FILE_DAMAGED when it is not sound. */
export function openSafetensors(file: string): Checkpoint {
  const handle = openSync(file, 'r');
  try {
    const fileBytes = fstatSync(handle).size;
    const header = readHeader(file, handle, fileBytes);
    const parsed = Header.safeParse(header.json);
    if (!parsed.success) throw damaged(file, 'it is not a safetensors file');
    const { __metadata__: notes, ...entries } = parsed.data;
    const places = new Map<string, Place>();
    for (const [name, value] of Object.entries(entries)) {
      places.set(name, placeOf(file, name, value, fileBytes - header.bytes));
    }
    refuseOverlap(file, places);
    const metadata = Metadata.safeParse(notes ?? {});
    return {
      tensors: places,
      metadata: metadata.success ? metadata.data : {},
      read: (name, part) => {
        const place = places.get(name);
        if (place === undefined) throw damaged(file, `it has no weight "${name}"`);
        const { begin, bytes: length } = part ?? { begin: 0, bytes: place.end - place.begin };
        const bytes = readRange(handle, length, header.bytes + place.begin + begin);
        if (bytes === null) throw damaged(file, `the weight "${name}" is cut`);
        return bytes;
      },
      close: () => closeSync(handle),
    };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}
