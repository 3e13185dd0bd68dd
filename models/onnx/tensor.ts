/** Numbers of TensorProto.DataType in onnx.proto3. */
export const DATA_TYPES = {
  float32: { onnx: 1, bytes: 4 },
  uint8: { onnx: 2, bytes: 1 },
  int8: { onnx: 3, bytes: 1 },
  int32: { onnx: 6, bytes: 4 },
  int64: { onnx: 7, bytes: 8 },
  bool: { onnx: 9, bytes: 1 },
  float16: { onnx: 10, bytes: 2 },
} as const satisfies Record<string, { onnx: number; bytes: number }>;
export type DataType = keyof typeof DATA_TYPES;

/** A dense little-endian array. */
export interface Tensor {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

type Data = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array | Uint16Array;

function typeOf(data: Data): DataType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int8Array) return 'int8';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof BigInt64Array) return 'int64';
  return 'float16';
}

/** Number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** A tensor over the memory of a typed array (no copy). A Uint16Array holds the bits of float16 numbers. */
export function tensor(data: Data, dims: readonly number[] = [data.length]): Tensor {
  if (sizeOf(dims) !== data.length)
    throw new Error(`A tensor of ${dims.join('x')} cannot hold ${data.length} numbers.`);
  return { type: typeOf(data), dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** int64 tensor, the type of shapes, axes and token ids. */
export function int64s(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return tensor(BigInt64Array.from(values.map(BigInt)), dims);
}

/** A rank-0 float32. */
export function scalar(value: number): Tensor {
  return tensor(Float32Array.of(value), []);
}
