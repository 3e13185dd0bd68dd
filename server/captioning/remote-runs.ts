import type { ErrorCode } from '../errors';
import type { Claim, ClaimRef } from '../queue/queue';
import type { Span, Tracing } from '../tracing/tracing';
import { attemptFacts } from './caption-job';
import type { WorkerRegistry } from './worker-registry';

interface RemoteRun {
  readonly machine: string;
  readonly imageSha256: string;
  readonly startedAt: number;
  readonly span: Span;
}

export interface RemoteRunsParts {
  readonly registry: Pick<WorkerRegistry, 'started' | 'ended'>;
  readonly tracing: Tracing;
  readonly jobEnded: (outcome: string, seconds: number) => void;
}

/** Pictures that the median of `secondsPerImage` is taken over. */
const REMEMBERED = 21;
/** Attempts that are remembered; those of workers that vanished are forgotten, oldest first. */
const MOST_RUNS = 10_000;

/** Attempts that workers on other machines have begun since the start: for lists and metrics, and for which
 * picture a late result is about. */
export class RemoteRuns {
  readonly #seconds: number[] = [];
  readonly #runs = new Map<string, RemoteRun>();

  constructor(private readonly parts: RemoteRunsParts) {}

  /** Call once for each start. */
  began(claim: Claim, machine: string): void {
    const span = this.parts.tracing.start('caption picture', {
      kind: 'consumer',
      parent: claim.work.traceparent ?? null,
      facts: attemptFacts(claim, machine),
    });
    const { imageSha256 } = claim;
    this.#runs.set(keyOf(claim), { machine, imageSha256, startedAt: performance.now(), span });
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    this.parts.registry.started(machine);
  }

  /** `seconds`: what the worker itself needed. */
  ended(ref: ClaimRef, outcome: string, code: ErrorCode | null = null, seconds: number | null = null): void {
    const run = this.#runs.get(keyOf(ref));
    this.#runs.delete(keyOf(ref));
    run?.span.end({ 'altsmith.outcome': outcome }, code ?? undefined);
    if (seconds !== null && this.#seconds.push(seconds) > REMEMBERED) this.#seconds.shift();
    this.parts.jobEnded(outcome, run === undefined ? 0 : (performance.now() - run.startedAt) / 1000);
    const how = outcome === 'done' ? 'done' : code === null ? 'given back' : 'failed';
    if (run !== undefined) this.parts.registry.ended(run.machine, how, code);
  }

  /** Name of the attempt's machine; null when the attempt began before the sidecar was started. */
  machineOf(ref: ClaimRef): string | null {
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
