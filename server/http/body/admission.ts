import { AppError } from '../../errors';

export interface AdmissionLimits {
  /** Bodies of one site that may arrive at a time, whichever of its keys they come with. */
  readonly siteBodies: number;
  /** Memory that the bodies of one site may take at a time, and those of everybody. */
  readonly siteBytes: number;
  readonly allBytes: number;
}

const MB = 1_000_000;
/** One site fills a third of the memory at most, so that others get in beside it. Pictures count only while in memory. */
export const ADMISSION_LIMITS: AdmissionLimits = { siteBodies: 64, siteBytes: 32 * MB, allBytes: 96 * MB };
/** The same for the room on the disk where bodies lie until they have been answered. */
const SITE_SHARE_OF_DISK = 1 / 3;

/** The most that a body can take. */
export interface BodySize {
  readonly memory: number;
  readonly disk: number;
}

interface Use {
  bodies: number;
  bytes: number;
  disk: number;
}

/** A place for one body. */
export interface Grant {
  /** The body takes no more memory than this from now on. */
  shrink(bytes: number): void;
  /** The body has arrived. */
  arrived(): void;
  release(): void;
}

/** Lets bodies in before their first byte is read, as far as there is memory for them, and room on the disk. */
export class Admission {
  readonly #uses = new Map<string, Use>();
  #bytes = 0;
  #disk = 0;

  /** `diskRoom`: bytes of the disk that bodies may fill now. */
  constructor(
    private readonly limits: AdmissionLimits = ADMISSION_LIMITS,
    private readonly diskRoom: () => number = () => Infinity,
  ) {}

  /** Throws RATE_LIMITED for its owner's share, SIDECAR_BUSY for the whole. */
  admit(owner: string, { memory, disk }: BodySize): Grant {
    const use = this.#uses.get(owner) ?? { bodies: 0, bytes: 0, disk: 0 };
    const { siteBodies, siteBytes, allBytes } = this.limits;
    const room = disk === 0 ? Infinity : this.diskRoom();
    const wait = { retry_after_seconds: 1 };
    // A single body is let in whatever it takes: the limits of the routes bound it.
    const isAlone = use.bodies === 0 && use.bytes === 0;
    const isTooMuch =
      (use.bytes + memory > siteBytes && !isAlone) || (use.disk + disk > room * SITE_SHARE_OF_DISK && use.disk > 0);
    if (use.bodies >= siteBodies || isTooMuch) throw new AppError('RATE_LIMITED', wait);
    if (this.#bytes + memory > allBytes || (this.#disk + disk > room && this.#disk > 0))
      throw new AppError('SIDECAR_BUSY', wait);
    this.#uses.set(owner, use);
    use.bodies += 1;
    this.#add(use, memory);
    this.#addDisk(use, disk);
    return this.#grant(owner, use, { memory, disk });
  }

  #grant(owner: string, use: Use, granted: BodySize): Grant {
    let held = granted.memory;
    let heldDisk = granted.disk;
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
      this.#addDisk(use, -heldDisk);
      heldDisk = 0;
      arrived();
      if (use.bodies === 0 && use.bytes === 0 && use.disk === 0) this.#uses.delete(owner);
    };
    return { shrink, arrived, release };
  }

  #add(use: Use, bytes: number): void {
    use.bytes += bytes;
    this.#bytes += bytes;
  }

  #addDisk(use: Use, bytes: number): void {
    use.disk += bytes;
    this.#disk += bytes;
  }
}
