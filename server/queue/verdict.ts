import { readDoubts } from './doubts';
import type { FailedBy } from './queue';
import { REPLY_INSTANCE } from './reply-jobs';
import { CERTAIN, judge, judgeDoubts, judgeUncounted, type Setback, type Setbacks, type Verdict } from './retry-policy';

/** What a job's row says of its earlier attempts, and of who waits for it. */
export interface SetBackRow extends Setbacks {
  readonly attempts: number;
  readonly doubts: string | null;
  readonly instance: number;
  readonly subject_id: string;
}

export interface Circumstances {
  /** Where it failed; absent where that cannot matter. */
  readonly by?: FailedBy | undefined;
  readonly now: () => number;
  readonly random?: () => number;
  /** Whether a single machine does all jobs. */
  readonly isAlone?: () => boolean;
  /** When a machine did its latest picture, by the same clock. */
  readonly wellAt?: (machine: string) => number | null;
}

/** What becomes of a job whose attempt was set back, and the doubts that are kept with it. */
export function verdictOn(
  row: SetBackRow,
  setback: Setback,
  around: Circumstances,
): { readonly verdict: Verdict; readonly doubts: string | null } {
  const { by, now, wellAt = () => null } = around;
  const before = { failures: row.failures, crashes: row.crashes, interruptions: row.interruptions };
  const random = (around.random ?? Math.random)();
  const plain = (verdict: Verdict) => ({ verdict, doubts: row.doubts });
  if (setback.kind === 'interrupted') return plain(judge(before, setback, random));
  const isWaitedFor = row.instance === REPLY_INSTANCE && row.subject_id === 'caption';
  // Somebody waits at a connection, and no other machine could do better.
  if (isWaitedFor && (around.isAlone?.() ?? true)) return plain({ retry: false, code: setback.code, setbacks: before });
  if (by?.blame === 'nobody') return plain(judgeUncounted(before, row.attempts, random));
  const isFinal = !setback.retryable && by?.blame === 'picture';
  if (by === undefined || isFinal) return plain(judge(before, setback, random));
  const at = by.blame === 'picture' ? CERTAIN : now();
  const doubts = [...readDoubts(row.doubts), { ...placeOf(by), at, code: setback.code }];
  return { verdict: judgeDoubts(before, doubts, { wellAt, random }), doubts: JSON.stringify(doubts) };
}

function placeOf({ machine, process }: FailedBy) {
  return process === undefined ? { machine } : { machine, process };
}
