/** A time after all others. */
export const ALL = Number.MAX_SAFE_INTEGER;

/** Whose rows are meant: those of one instance of a site. */
export interface ErasureOwner {
  readonly siteId: string;
  readonly instance: number;
}

export interface Erased {
  readonly suggestions: number;
  readonly jobs: number;
  readonly images: number;
}

export const NOTHING_ERASED: Erased = { suggestions: 0, jobs: 0, images: 0 };

/** Adds two counts. */
export function sumOf(one: Erased, other: Erased): Erased {
  return {
    suggestions: one.suggestions + other.suggestions,
    jobs: one.jobs + other.jobs,
    images: one.images + other.images,
  };
}

/** Which rows an erasure means: those that were there when it was asked for, and not what came later under the same name. */
export interface ErasureReach {
  /** Rows made up to this time, in ms, */
  readonly before: number;
  /** and those of jobs up to this number, which may have come while the clock was ahead. */
  readonly lastJob: number;
  /** A picture that nothing was asked about, when it was received up to this time. */
  readonly pictures: number;
}
