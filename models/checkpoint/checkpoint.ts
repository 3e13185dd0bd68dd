import { ModelError } from '../model-error';

/** Element types that a checkpoint may hold, and their bytes. Weights are read from F16, BF16, F32 and F64 only. */
export const CHECKPOINT_TYPES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type CheckpointType = keyof typeof CHECKPOINT_TYPES;

export interface TensorEntry {
  readonly type: CheckpointType;
  readonly dims: readonly number[];
}

/** A file of named weights, read tensor by tensor so that only one of them is in memory. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free-form notes of the file; empty where the format has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The raw little-endian bytes of one tensor, or of a part of it. Throws ModelError when there is none of that name. */
  read(name: string, part?: { readonly begin: number; readonly bytes: number }): Uint8Array;
  close(): void;
}

/** The error of a checkpoint that cannot be what it claims to be. */
export function damaged(file: string, reason: string, advice = 'Download it again.'): ModelError {
  return new ModelError('MODEL_FILE_DAMAGED', `The checkpoint ${file} cannot be read: ${reason}. ${advice}`);
}
