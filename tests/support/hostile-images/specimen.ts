/**
 * How a file must end: `captioned` is a sound picture, `refused` must never be captioned, `any` may be either, as long
 * as it ends in an answer.
 */
export type Ending = 'captioned' | 'refused' | 'any';

export interface Specimen {
  readonly name: string;
  readonly ending: Ending;
  readonly bytes: Buffer;
  /** What the client claims it is; the bytes alone must decide. */
  readonly mediaType?: string;
}

export interface ManifestEntry {
  readonly file: string;
  readonly kind: string;
  readonly ending: Ending;
  readonly mediaType: string;
}

/** Numbers in 0..1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomBytes(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}
