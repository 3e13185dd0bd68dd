import { AppError } from '../../errors';

export interface AdmissionLimits {
  /** Bodies of one key that may arrive at a time. */
  readonly keyBodies: number;
  /** Memory that the bodies of one key may take at a time, and those of everybody. */
  readonly keyBytes: number;
  readonly allBytes: number;
}

const MB = 1_000_000;
/** One key fills a third of the memory at most, so that others get in beside it. Pictures count only while in memory. */
export const ADMISSION_LIMITS: AdmissionLimits = { keyBodies: 64, keyBytes: 32 * MB, allBytes: 96 * MB };

interface Use {
  bodies: number;
  bytes: number;
}

/** A place for one body. */
export interface Grant {
  /** The body takes no more memory than this from now on. */
  shrink(bytes: number): void;
  /** The body has arrived. */
  arrived(): void;
  release(): void;
}

/** Lets bodies in before their first byte is read, as far as there is memory for them. */
export class Admission {
  readonly #uses = new Map<string, Use>();
  #bytes = 0;

  constructor(private readonly limits: AdmissionLimits = ADMISSION_LIMITS) {}

  /** `bytes` is the most memory this body can take. Throws RATE_LIMITED for its owner's share, SIDECAR_BUSY for the whole. */
  admit(owner: string, bytes: number): Grant {
    const use = this.#uses.get(owner) ?? { bodies: 0, bytes: 0 };
    const { keyBodies, keyBytes, allBytes } = this.limits;
    const wait = { retry_after_seconds: 1 };
    // A single body is let in whatever it takes: the limits of the routes bound it.
    const isAlone = use.bodies === 0 && use.bytes === 0;
    if (use.bodies >= keyBodies || (use.bytes + bytes > keyBytes && !isAlone)) throw new AppError('RATE_LIMITED', wait);
    if (this.#bytes + bytes > allBytes) throw new AppError('SIDECAR_BUSY', wait);
    this.#uses.set(owner, use);
    use.bodies += 1;
    this.#add(use, bytes);
    return this.#grant(owner, use, bytes);
  }

  #grant(owner: string, use: Use, granted: number): Grant {
    let held = granted;
    let isArriving = true;
    const shrink = (bytes: number) => {
      const less = Math.max(0, held - bytes);
      held -= less;
      this.#add(use, -less);
    };
    const arrived = () => {
      if (isArriving) use.bodies -= 1;
      isArriving = false;
    };
    const release = () => {
      shrink(0);
      arrived();
      if (use.bodies === 0 && use.bytes === 0) this.#uses.delete(owner);
    };
    return { shrink, arrived, release };
  }

  #add(use: Use, bytes: number): void {
    use.bytes += bytes;
    this.#bytes += bytes;
  }
}
