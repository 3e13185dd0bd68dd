import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { makeKey } from '../../support/admin-key';
import type { SidecarProcess } from '../../support/sidecar-process';

/** One measured figure; `most` or `least` is what is aimed at. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly most?: number;
  readonly least?: number;
  /** Where the value is a 99th percentile: minimum, median and 99th percentile, by the clock and by processor time, in its unit. */
  readonly spread?: { readonly byClock: Spread; readonly byProcessor: Spread };
}

/** Minimum, median and 99th percentile of many values. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly p99: number;
}

/** How long something took, and how much processor time of that. The rest was spent waiting for a processor or for the disk. */
export interface Sample {
  readonly ms: number;
  readonly processorMs: number;
}

/** Runs `work` and measures it; `processorMs` reads the processor time of the process or thread that does it. */
export async function sample(processorMs: () => number, work: () => unknown): Promise<Sample> {
  const before = processorMs();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  return { ms, processorMs: processorMs() - before };
}

/** The same several times, one after the other. */
export async function samples(count: number, processorMs: () => number, work: () => unknown): Promise<Sample[]> {
  const found: Sample[] = [];
  for (let turn = 0; turn < count; turn += 1) found.push(await sample(processorMs, work));
  return found;
}

/** The figure of many samples: their 99th percentile by the clock, and the spreads. */
export function figureOf(name: string, found: readonly Sample[], most?: number): Figure {
  const byClock = spreadOf(found.map(({ ms }) => ms));
  const byProcessor = spreadOf(found.map(({ processorMs }) => processorMs));
  const aim = most === undefined ? {} : { most };
  return { name: `${name}, p99`, value: byClock.p99, unit: 'ms', ...aim, spread: { byClock, byProcessor } };
}

const spreadOf = (values: readonly number[]): Spread => ({
  min: Math.min(...values),
  median: median(values),
  p99: quantile(values, 0.99),
});

export type Bench = (root: string) => Promise<Figure[]>;

/** The value that `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** How far their mean may lie from that of endlessly many such values. */
export function standardError(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1) / values.length);
}

/** Slope of the least-squares line through points. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [middle, height] = [mean(0), mean(1)];
  const rise = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - height), 0);
  return rise / points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
}

export function residentMegabytes(pid: number | null): number {
  if (pid === null) throw new Error('the process has ended');
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

export interface Inside {
  /** 99th percentile since the last look, in ms; the 10 ms between two measurements are still in it. */
  readonly loopDelayMs: number;
  readonly jobsDone: number;
  /** Transactions since the start that waited for the disk. */
  readonly flushedCommits: number;
}

const keys = new Map<SidecarProcess, string>();

/** What the API process says of itself, to a key of the scope `metrics`. Each call begins a new measurement of the event loop. */
export async function lookInside(sidecar: SidecarProcess, metricsKey?: string): Promise<Inside> {
  const key = metricsKey ?? keys.get(sidecar) ?? makeKey(sidecar.dataDir, 'metrics');
  keys.set(sidecar, key);
  const text = await (await fetch(`${sidecar.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();
  return {
    loopDelayMs: Number(/^altsmith_nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]) * 1000,
    flushedCommits: Number(/^altsmith_database_flushed_commits (\d+)$/m.exec(text)?.[1] ?? NaN),
    jobsDone: Number(/^altsmith_job_attempts_total\{outcome="done"\} (\d+)$/m.exec(text)?.[1] ?? 0),
  };
}

/** What a figure depends on beside the code. */
export function machine(): { cpu: string; cores: number; node: string; load: number } {
  const [load = 0] = loadavg();
  return { cpu: cpus()[0]?.model ?? '', cores: availableParallelism(), node: process.version, load };
}

export function holds({ value, most, least }: Figure): boolean {
  return value <= (most ?? Infinity) && value >= (least ?? -Infinity);
}

const aimOf = ({ most, least }: Figure) => (most !== undefined ? `≤ ${most}` : least !== undefined ? `≥ ${least}` : '');

const short = (value: number) => String(Number(value.toPrecision(3)));
const three = ({ min, median: middle, p99 }: Spread) => [min, middle, p99].map(short).join(' / ');
const spreadLine = ({ spread }: Figure) =>
  spread === undefined ? '' : `  ${three(spread.byClock)} by the clock, ${three(spread.byProcessor)} by processor time`;

/** Lines of a table to read; behind a 99th percentile minimum, median and itself. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const verdict = aimOf(figure) === '' ? '' : holds(figure) ? 'holds' : 'MISSED';
    return `${figure.name.padEnd(62)} ${short(figure.value).padStart(8)} ${figure.unit.padEnd(12)} ${aimOf(figure).padEnd(8)} ${verdict.padEnd(6)}${spreadLine(figure)}`;
  });
  return `${rows.join('\n')}\n`;
}
