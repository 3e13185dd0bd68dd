import { CATALOGUE, type AppError, type ErrorCode } from '../errors';

/** How often a job has come back, and why. */
export interface Setbacks {
  readonly failures: number;
  readonly crashes: number;
  readonly interruptions: number;
}

/** A failure that may be the machine's or the picture's, and the machine it happened on. */
export interface Doubt {
  readonly machine: string;
  /** Which process of the machine, where several have its name. */
  readonly process?: string;
  /** By the clock that never jumps; CERTAIN when the machine is known to have been well. */
  readonly at: number;
  readonly code: ErrorCode;
}

export const CERTAIN = 0;

export type Setback =
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly retryable: boolean }
  /** The holder vanished: its lease ran out, or its process was gone at the next start. */
  | { readonly kind: 'interrupted' };

/** What a failed attempt means. A process that somebody killed from outside did not die of the image. */
export function setbackOf(error: AppError): Setback {
  if (error.code === 'DECODE_CRASHED' && error.details['signal'] === 'SIGKILL') return { kind: 'interrupted' };
  return { kind: 'error', code: error.code, retryable: error.retryable };
}

export type Verdict =
  | { readonly retry: true; readonly delayMs: number; readonly setbacks: Setbacks }
  | { readonly retry: false; readonly code: ErrorCode; readonly setbacks: Setbacks };

/** An image that ended or blocked three worker processes does not get a fourth. */
export const MOST_CRASHES = 3;
export const MOST_FAILURES = 8;
/** So often a job comes back without a count before it is given up all the same: nothing goes round for ever. */
export const MOST_DOUBTS = 20;
/** Restarts are rarely the image's doing; still, one that takes the whole machine down must not do so for ever. */
export const MOST_INTERRUPTIONS = 10;

const FIRST_DELAY_MS = 1000;
export const LONGEST_DELAY_MS = 10 * 60_000;
/** An attempt that says nothing about the picture doubles the delay at most so often: to a minute. */
const MOST_DOUBLINGS = 7;
/** The fault of the image, or of the text, most likely: the process died or hung while it held it. */
const CRASH_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DECODE_CRASHED',
  'CAPTION_TIMEOUT',
  'TRANSLATOR_CRASHED',
]);

/**
 * What becomes of a job after a setback. `retryable` alone decides whether it is tried again; the counts decide how
 * often. `random` is 0..1 and spreads the retries, so that what failed together does not come back together.
 */
export function judge(before: Setbacks, setback: Setback, random: number): Verdict {
  if (setback.kind === 'interrupted') return judgeInterruption(before, random);
  if (!setback.retryable) return { retry: false, code: setback.code, setbacks: before };
  const isCrash = CRASH_CODES.has(setback.code);
  const setbacks = isCrash ? { ...before, crashes: before.crashes + 1 } : { ...before, failures: before.failures + 1 };
  if (setbacks.crashes >= MOST_CRASHES || setbacks.failures >= MOST_FAILURES) {
    return { retry: false, code: setback.code, setbacks };
  }
  return { retry: true, delayMs: delayMs(setbacks.crashes + setbacks.failures, random), setbacks };
}

/** True for an error of a machine, or its model server, that has too much to do: it says nothing about the picture. */
export function isOverload({ code, status, retryable }: AppError): boolean {
  return retryable && (status === 429 || code === 'MODEL_SERVER_BUSY');
}

/** What becomes of a job whose failure is nobody's fault: nothing is held against it, however often. */
export function judgeUncounted(before: Setbacks, attempts: number, random: number): Verdict {
  return { retry: true, delayMs: delayMs(Math.min(attempts, MOST_DOUBLINGS), random), setbacks: before };
}

/**
 * The doubts that have become certain: two machines failed at this picture, or the machine that failed did another one
 * since. `wellAt` is when a machine, or a process of it, did its latest picture; null for one that has done none. Processes of
 * one name are one machine here: what makes one of them sick may make all of them.
 */
export function certain(doubts: readonly Doubt[], wellAt: (machine: string) => number | null): readonly Doubt[] {
  if (new Set(doubts.map(({ machine }) => machine)).size > 1) return doubts;
  return doubts.filter(({ machine, process, at }) => at === CERTAIN || (wellAt(process ?? machine) ?? -Infinity) >= at);
}

/**
 * What becomes of a job after the last of its doubts. `before` are the setbacks that were certain at once. The counts of
 * the verdict are to be kept as they were: doubts are counted anew each time.
 */
export function judgeDoubts(
  before: Setbacks,
  doubts: readonly Doubt[],
  { wellAt, random }: { wellAt: (machine: string) => number | null; random: number },
): Verdict {
  const counted = certain(doubts, wellAt);
  const crashed = counted.filter(({ code }) => CRASH_CODES.has(code)).length;
  const crashes = before.crashes + crashed;
  const failures = before.failures + counted.length - crashed;
  const final = counted.find((doubt) => !CATALOGUE[doubt.code].retryable);
  const isTooOften = crashes >= MOST_CRASHES || failures >= MOST_FAILURES || doubts.length >= MOST_DOUBTS;
  const isOver = final !== undefined || isTooOften;
  const code = (final ?? doubts.at(-1))?.code ?? 'INTERNAL';
  if (isOver) return { retry: false, code, setbacks: before };
  return { retry: true, delayMs: delayMs(before.crashes + before.failures + doubts.length, random), setbacks: before };
}

function judgeInterruption(before: Setbacks, random: number): Verdict {
  const setbacks = { ...before, interruptions: before.interruptions + 1 };
  if (setbacks.interruptions >= MOST_INTERRUPTIONS) return { retry: false, code: 'JOB_INTERRUPTED', setbacks };
  // The first few times at once: a restart is common, and somebody may be waiting.
  const times = setbacks.interruptions - 3;
  return { retry: true, delayMs: times <= 0 ? 0 : delayMs(times, random), setbacks };
}

/** Doubles each time up to ten minutes; between half and the whole of it. */
export function delayMs(times: number, random: number): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** (times - 1), LONGEST_DELAY_MS);
  return Math.round(full * (0.5 + random / 2));
}
