import { statfsSync } from 'node:fs';
import { ModelError } from '../../../models/model-error';
import { bytesInFp32, type Source } from '../../../models/registry';
import { LEAST_PACKED_BYTES, packedBytes } from '../../../models/session/packed-size';
import type { Precision } from './words';

/** Size of a model beside its weights in fp32. */
const SHARE: Readonly<Record<Precision, number>> = { fp32: 1, fp16: 0.5, int8: 0.3, int4: 0.25 };

export interface RoomWish {
  readonly source: Source;
  readonly precision: Precision;
  readonly compare: boolean;
  /** Bytes of the checkpoint that are not on this disk yet. */
  readonly download: number;
}

/** Bytes of a model in a precision, with what workers pack of it on this machine. */
function modelBytes(whole: number, precision: Precision): number {
  const bytes = whole * SHARE[precision];
  const isPacked = (precision === 'int8' || precision === 'int4') && bytes >= LEAST_PACKED_BYTES;
  return bytes + (isPacked ? packedBytes(bytes) : 0);
}

/** Bytes that a pull takes for a while: what is downloaded, the model, and fp32 where it is compared with. */
export function roomNeeded({ source, precision, compare, download }: RoomWish): number {
  const whole = bytesInFp32(source);
  return download + modelBytes(whole, precision) + (compare && precision !== 'fp32' ? whole : 0);
}

/** Left free on the disk by whoever could do without what it writes: the database of the sidecar lies there too. Bytes. */
const RESERVE = 1e9;
/** What a worker holds beside fp32 weights while it describes a generated picture; BLIP's peaks are in docs/benchmarks.md. Bytes. */
const BESIDE_WEIGHTS = 250e6;

/** Bytes of memory that running fp32 takes, which the comparison with it does. */
export function memoryForComparison(weights: number): number {
  return weights + BESIDE_WEIGHTS;
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);

/** Why the comparison with fp32 of so many bytes would be ended by the system, taking the command with it; null where there is room. */
export function memoryProblem(weights: number, availableBytes: number): string | null {
  const needed = memoryForComparison(weights);
  if (availableBytes >= needed) return null;
  return (
    `Not compared with fp32: that takes ${gigabytes(needed)} GB of memory, and ${gigabytes(availableBytes)} GB are free. ` +
    'The model is tried with one picture instead.'
  );
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Why fp32 of so many bytes cannot be made for a while; null where there is room. */
export function diskProblem(weights: number, pulled: string): string | null {
  const free = freeBytes(pulled);
  if (free >= weights + RESERVE) return null;
  const needed = `${gigabytes(weights + RESERVE)} GB in ${pulled} for a while`;
  return `Not compared with fp32: that takes ${needed}, and ${gigabytes(free)} GB are free.`;
}

/** Throws ModelError STORAGE_FULL where a pull of the model would not end for want of room. */
export function checkRoom(id: string, pulled: string, wish: RoomWish): void {
  const needed = roomNeeded(wish);
  const free = freeBytes(pulled);
  if (free >= needed) return;
  const choice = wish.compare && wish.precision !== 'fp32' ? ', or skip the comparison with --no-compare' : '';
  throw new ModelError(
    'STORAGE_FULL',
    `Pulling ${id} takes ${gigabytes(needed)} GB for a while, and ${gigabytes(free)} GB are free in ` +
      `${pulled}. Free some space${choice}.`,
  );
}
