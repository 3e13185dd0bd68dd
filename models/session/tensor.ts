import { checkedFunction, plainFunction, viewOf, written, writtenNumber, type Pointer } from './library';

/** By ONNXTensorElementDataType of onnxruntime_c_api.h. */
const ELEMENTS = {
  float32: { number: 1, array: Float32Array },
  uint8: { number: 2, array: Uint8Array },
  int8: { number: 3, array: Int8Array },
  int32: { number: 6, array: Int32Array },
  int64: { number: 7, array: BigInt64Array },
  float16: { number: 10, array: Uint16Array },
} as const;
export type ElementType = keyof typeof ELEMENTS;
export type TensorData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array | Uint16Array;

const createMemoryInfo = checkedFunction('CreateCpuMemoryInfo', 'int allocator, int memory, _Out_ void **info');
const createValue = checkedFunction(
  'CreateTensorWithDataAsOrtValue',
  'void *info, void *data, size_t bytes, int64_t *dims, size_t rank, int type, _Out_ void **value',
);
const getData = checkedFunction('GetTensorMutableData', 'void *value, _Out_ void **data');
const getShape = checkedFunction('GetTensorTypeAndShape', 'void *value, _Out_ void **shape');
const getType = checkedFunction('GetTensorElementType', 'void *shape, _Out_ int *type');
const getRank = checkedFunction('GetDimensionsCount', 'void *shape, _Out_ size_t *count');
const getDims = checkedFunction('GetDimensions', 'void *shape, void *dims, size_t count');
const releaseShape = plainFunction('ReleaseTensorTypeAndShapeInfo', 'void', 'void *shape');
const releaseValue = plainFunction('ReleaseValue', 'void', 'void *value');

/** OrtDeviceAllocator and OrtMemTypeDefault: plain memory. */
const memory = written(createMemoryInfo, 0, 0);
/** Frees what nobody disposed of, whenever the garbage collector comes by. */
const forgotten = new FinalizationRegistry((value: Pointer) => releaseValue(value));

/** A tensor of onnxruntime. What a graph gives out stays in onnxruntime's memory until it is disposed of, and can be given to a graph again without a copy. */
export class Tensor {
  private value: Pointer;

  private constructor(
    value: Pointer,
    readonly type: ElementType,
    readonly dims: readonly number[],
    /** Memory of JavaScript that the value lies in: it must live as long. */
    private readonly held: TensorData | null,
  ) {
    this.value = value;
    forgotten.register(this, value, this);
  }

  /** Over the memory of a typed array, without a copy. float16 are Uint16Arrays of bits. */
  static of(type: ElementType, data: TensorData, dims: readonly number[]): Tensor {
    const sizes = BigInt64Array.from(dims, BigInt);
    const { number } = ELEMENTS[type];
    const value = written(createValue, memory, data, data.byteLength, sizes, sizes.length, number);
    return new Tensor(value, type, dims, data);
  }

  /** Takes over values that a graph has made. Where one is of an unknown type all are freed, and Error is thrown. */
  static all(values: readonly Pointer[]): Tensor[] {
    const made: Tensor[] = [];
    try {
      for (const value of values) made.push(Tensor.from(value));
      return made;
    } catch (error) {
      for (const tensor of made) tensor.dispose();
      for (const value of values.slice(made.length)) releaseValue(value);
      throw error;
    }
  }

  private static from(value: Pointer): Tensor {
    const shape = written(getShape, value);
    try {
      const number = writtenNumber(getType, shape);
      const [type] = Object.entries(ELEMENTS).find(([, each]) => each.number === number) ?? [];
      if (type === undefined) throw new Error(`Tensors of the type ${number} are not known.`);
      const dims = new BigInt64Array(writtenNumber(getRank, shape));
      getDims(shape, dims, dims.length);
      return new Tensor(value, type as ElementType, Array.from(dims, Number), null);
    } finally {
      releaseShape(shape);
    }
  }

  /** A copy of the numbers, or the array that it was made over. */
  get data(): TensorData {
    if (this.held !== null) return this.held;
    const { array: TypedArray } = ELEMENTS[this.type];
    if (this.length === 0) return new TypedArray(0);
    const view = viewOf(written(getData, this.pointer), this.bytes);
    return new TypedArray(view).slice();
  }

  /** Size of its numbers in memory. */
  get bytes(): number {
    return this.length * ELEMENTS[this.type].array.BYTES_PER_ELEMENT;
  }

  /** For the library only. Throws when the tensor was disposed of. */
  get pointer(): Pointer {
    if (this.value === null) throw new Error('The tensor was disposed of.');
    return this.value;
  }

  /** Gives its memory back at once. */
  dispose(): void {
    if (this.value === null) return;
    forgotten.unregister(this);
    releaseValue(this.value);
    this.value = null;
  }

  private get length(): number {
    return this.dims.reduce((product, dim) => product * dim, 1);
  }
}
