import { CHECKPOINT_TYPES, type Checkpoint } from './checkpoint';

/** What two tensors are compared by. */
const PIECE_BYTES = 1 << 20;

function bytesOf({ tensors }: Checkpoint, name: string): number {
  const entry = tensors.get(name);
  return entry === undefined ? 0 : entry.dims.reduce((product, dim) => product * dim, CHECKPOINT_TYPES[entry.type]);
}

/** True when both tensors hold the same bytes; they are read piece by piece, since the two may be the largest there are. */
export function areEqual(checkpoint: Checkpoint, name: string, other: string): boolean {
  const length = bytesOf(checkpoint, name);
  if (length !== bytesOf(checkpoint, other)) return false;
  for (let begin = 0; begin < length; begin += PIECE_BYTES) {
    const part = { begin, bytes: Math.min(PIECE_BYTES, length - begin) };
    if (Buffer.compare(checkpoint.read(name, part), checkpoint.read(other, part)) !== 0) return false;
  }
  return true;
}
