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

export function randomBytes(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}
