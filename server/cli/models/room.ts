import { statfsSync } from 'node:fs';
import { ModelError } from '../../../models/model-error';
import { bytesInFp32, type Source } from '../../../models/registry';
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

/** Bytes that a pull takes for a while: what is downloaded, the model, and fp32 where it is compared with. */
export function roomNeeded({ source, precision, compare, download }: RoomWish): number {
  const whole = bytesInFp32(source);
  return download + whole * (SHARE[precision] + (compare && precision !== 'fp32' ? 1 : 0));
}

/** What a worker holds beside fp32 weights while it describes a generated picture; BLIP's peaks are in docs/benchmarks.md. Bytes. */
const BESIDE_WEIGHTS = 250e6;

/** Bytes of memory that running fp32 takes, which the comparison with it does. */
export function memoryForComparison(source: Source): number {
  return bytesInFp32(source) + BESIDE_WEIGHTS;
}

/** Why the comparison with fp32 would be ended by the system, taking the pull with it; null where there is room. */
export function memoryProblem(source: Source, availableBytes: number): string | null {
  const needed = memoryForComparison(source);
  if (availableBytes >= needed) return null;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  return (
    `Not compared with fp32: that takes ${gigabytes(needed)} GB of memory, and ${gigabytes(availableBytes)} GB are free. ` +
    'The model is tried with one picture instead.'
  );
}

/** Throws ModelError STORAGE_FULL where a pull of the model would not end for want of room. */
export function checkRoom(id: string, pulled: string, wish: RoomWish): void {
  const needed = roomNeeded(wish);
  const { bavail, bsize } = statfsSync(pulled);
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new ModelError(
    'STORAGE_FULL',
    `Pulling ${id} takes ${gigabytes(needed)} GB for a while, and ${gigabytes(bavail * bsize)} GB are free in ` +
      `${pulled}. Free some space, or skip the comparison with --no-compare.`,
  );
}
