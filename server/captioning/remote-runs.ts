import type { ErrorCode } from '../errors';
import type { Interruption } from '../queue/lease-store';
import type { Claim, ClaimRef } from '../queue/queue';
import type { Span, Tracing } from '../tracing/tracing';
import { attemptFacts } from './caption-job';
import type { WorkerRegistry } from './worker-registry';

/** A worker elsewhere: what people call its machine, and what the registry knows its process by. */
export interface RemoteMachine {
  readonly name: string;
  readonly key: string;
}

/** Its key is never that of the workers of this process, whatever a worker calls itself. */
export function machineOf(name: string, process = 'elsewhere'): RemoteMachine {
  return { name, key: `${name} ${process}` };
}

/** The same by the name under which a job is held, as far as that tells: for starts before this process began. */
export function holderMachine(holder: string | null): RemoteMachine {
  return machineOf(holder?.replace(/^(remote|bull)-|-\d+$/g, '') ?? 'unknown');
}

interface RemoteRun {
  readonly machine: RemoteMachine;
  readonly imageSha256: string;
  readonly startedAt: number;
  readonly span: Span;
  /** Interrupted: it is counted as that, and kept for a result that comes all the same. */
  readonly isOver: boolean;
}

export interface RemoteRunsParts {
  readonly registry: Pick<WorkerRegistry, 'started' | 'ended' | 'cameLate'>;
  readonly tracing: Tracing;
  readonly jobEnded: (outcome: string, seconds: number) => void;
}

/** Pictures that the median of `secondsPerImage` is taken over. */
const REMEMBERED = 21;
/** Attempts that are remembered; those of workers that vanished are forgotten, oldest first. */
const MOST_RUNS = 10_000;
/** Names of holders that work elsewhere. */
const REMOTE = /^(remote|bull)-/;

/** Attempts that workers on other machines have begun since the start: for lists and metrics, and for which
 * picture a late result is about. */
export class RemoteRuns {
  readonly #seconds: number[] = [];
  readonly #runs = new Map<string, RemoteRun>();

  constructor(private readonly parts: RemoteRunsParts) {}

  /** Call once for each start. */
  began(claim: Claim, machine: RemoteMachine): void {
    const span = this.parts.tracing.start('caption picture', {
      kind: 'consumer',
      parent: claim.work.traceparent ?? null,
      facts: attemptFacts(claim, machine.name),
    });
    const { imageSha256 } = claim;
    this.#runs.set(keyOf(claim), { machine, imageSha256, startedAt: performance.now(), span, isOver: false });
    this.parts.registry.started(machine.key);
    const [oldest] = this.#runs;
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#forget(...oldest);
  }

  /** `seconds`: what the worker itself needed. */
  ended(ref: ClaimRef, outcome: string, code: ErrorCode | null = null, seconds: number | null = null): void {
    const run = this.#runs.get(keyOf(ref));
    this.#runs.delete(keyOf(ref));
    if (run?.isOver !== true) run?.span.end({ 'altsmith.outcome': outcome }, code ?? undefined);
    if (seconds !== null && this.#seconds.push(seconds) > REMEMBERED) this.#seconds.shift();
    this.parts.jobEnded(outcome, run === undefined ? 0 : (performance.now() - run.startedAt) / 1000);
    const how = outcome === 'done' ? 'done' : code === null ? 'given back' : 'failed';
    if (run === undefined) return;
    if (!run.isOver) this.parts.registry.ended(run.machine.key, how, code);
    else if (how === 'done') this.parts.registry.cameLate(run.machine.key);
  }

  /** The attempt's worker vanished, or Bull has handed the job out again. Its result would still count. */
  interrupted({ worker, outcome, ...ref }: Interruption): void {
    const run = this.#runs.get(keyOf(ref));
    // Workers of this process count their own attempts, also those whose lease ran out.
    if (run === undefined && !REMOTE.test(worker)) return;
    const startedAt = run?.startedAt ?? performance.now();
    this.parts.jobEnded(outcome === 'failed' ? 'failed' : 'lost', (performance.now() - startedAt) / 1000);
    if (run === undefined) return;
    this.#runs.set(keyOf(ref), { ...run, isOver: true });
    run.span.end({ 'altsmith.outcome': 'lost' }, 'LEASE_LOST');
    this.parts.registry.ended(run.machine.key, 'failed', 'LEASE_LOST');
  }

  /** The job was cancelled, erased, or done by another start, and the attempt's worker has been told so. */
  takenAway(ref: ClaimRef): void {
    const run = this.#runs.get(keyOf(ref));
    if (run?.isOver === false) this.ended(ref, 'lost');
  }

  /** Nothing was heard of the attempt, and too many others have begun since. */
  #forget(key: string, run: RemoteRun): void {
    this.#runs.delete(key);
    if (run.isOver) return;
    run.span.end({ 'altsmith.outcome': 'lost' });
    this.parts.registry.ended(run.machine.key, 'given back');
  }

  /** The attempt's machine; null when the attempt began before the sidecar was started. */
  machineOf(ref: ClaimRef): RemoteMachine | null {
    return this.#runs.get(keyOf(ref))?.machine ?? null;
  }

  /** The picture that the attempt was given; null when it began before the sidecar was started. */
  imageOf(ref: ClaimRef): string | null {
    return this.#runs.get(keyOf(ref))?.imageSha256 ?? null;
  }

  /** The span of an attempt; null while tracing is off. */
  traceparentOf(ref: ClaimRef): string | null {
    return this.#runs.get(keyOf(ref))?.span.traceparent ?? null;
  }

  /** Median seconds of a picture; null before the first. */
  get secondsPerImage(): number | null {
    const sorted = [...this.#seconds].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }
}

const keyOf = ({ jobId, token }: ClaimRef) => `${jobId} ${token}`;
