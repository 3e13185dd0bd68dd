import { ModelError } from '../model-error';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Bits of the nearest float16 (ties to even); beyond its range infinity. */
export function toFloat16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // 65520 is the first number that rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13);
  // Below 2^-14 a float16 is subnormal: the leading one becomes explicit and moves right.
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign;
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, shift);
}

function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const rest = value & ((1 << shift) - 1);
  const down = value >>> shift;
  return rest > half || (rest === half && (down & 1) === 1) ? down + 1 : down;
}

/** The number that 16 bits stand for. */
export function fromFloat16Bits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Largest number of float16. */
const MOST_FLOAT16 = 65_504;

/** float32 → float16 bits; what is beyond its range becomes infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) halves[index] = toFloat16Bits(values[index] ?? 0);
  return halves;
}

/** float32 values by float16 bits, filled at first use: computing each of some 10^9 weights would take minutes. */
let valueOfBits: Float32Array | null = null;

/** float16 bits → float32. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  valueOfBits ??= Float32Array.from({ length: 65_536 }, (_, bits) => fromFloat16Bits(bits));
  const values = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) values[index] = valueOfBits[halves[index] ?? 0] ?? 0;
  return values;
}

/** float16 bits of a weight. Throws ModelError where one of its numbers is too large for float16. */
export function weightInFloat16(values: Float32Array, name: string): Uint16Array {
  const most = values.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  if (most <= MOST_FLOAT16) return toFloat16(values);
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `The weight "${name}" reaches ${most}, beyond what fp16 holds; convert to int8 or fp32.`,
  );
}
