/** Bytes of the smallest model that is packed: a smaller one takes little memory, and packing takes twice its size on disk. */
export const LEAST_PACKED_BYTES = 1e9;
/** Disk that packing takes, as a multiple of the weights: the files hold them both as they are and packed. */
const SHARE_OF_WEIGHTS = 2.1;

/** Bytes on disk of the weights of a model with 8-bit weights, packed. */
export function packedBytes(weights: number): number {
  return SHARE_OF_WEIGHTS * weights;
}
