/** A tensor of a checkpoint that a test writes. */
export interface WeightSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: 'F32' | 'I64';
}

/** A source of weights: what there is, and the bytes of each one when it is asked for. */
export interface WeightSource {
  readonly specs: readonly WeightSpec[];
  bytes(spec: WeightSpec): Uint8Array;
}

export function elementsOf(spec: WeightSpec): number {
  return spec.dims.reduce((product, dim) => product * dim, 1);
}

export function bytesOf(spec: WeightSpec): number {
  return elementsOf(spec) * (spec.type === 'F32' ? 4 : 8);
}

/** A source over arrays, for small files. */
export function sourceOf(weights: Readonly<Record<string, { dims: number[]; values: number[] }>>): WeightSource {
  return {
    specs: Object.entries(weights).map(([name, { dims }]) => ({ name, dims, type: 'F32' })),
    bytes: (spec) => new Uint8Array(Float32Array.from(weights[spec.name]?.values ?? []).buffer),
  };
}
