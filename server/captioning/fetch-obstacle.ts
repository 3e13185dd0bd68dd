import { bytesInFp32, type Source } from '../../models/registry';
import { BESIDE_MODEL } from './worker-count';

/** Size of a model in int8 beside its weights in fp32. */
const SHARE_OF_INT8 = 0.3;
/** What the sidecar holds beside its workers. Bytes. */
const SIDECAR = 150e6;

/**
 * Why a model of that checkpoint would be ended by the system on a machine with this much memory, as a sentence; null where it fits. A guess
 * before the download: what the model really takes is found out when it is tried with a picture.
 */
export function fetchObstacle(id: string, source: Source, memoryBytes: number): string | null {
  const needed = bytesInFp32(source) * SHARE_OF_INT8 + BESIDE_MODEL + SIDECAR;
  if (memoryBytes >= needed) return null;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  return (
    `${id} is not fetched: it takes about ${gigabytes(needed)} GB of memory, and this machine or container has ` +
    `${gigabytes(memoryBytes)} GB. The demonstration model goes on.`
  );
}
