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
}

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
}

const keys = new Map<SidecarProcess, string>();

/** What the API process says of itself. Looking begins a new measurement of the event loop. */
export async function lookInside(sidecar: SidecarProcess): Promise<Inside> {
  const key = keys.get(sidecar) ?? makeKey(sidecar.dataDir, 'metrics');
  keys.set(sidecar, key);
  const text = await (await fetch(`${sidecar.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();
  return {
    loopDelayMs: Number(/^altsmith_nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]) * 1000,
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

/** Lines of a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const value = Number(figure.value.toPrecision(3));
    const verdict = aimOf(figure) === '' ? '' : holds(figure) ? 'holds' : 'MISSED';
    return `${figure.name.padEnd(62)} ${String(value).padStart(8)} ${figure.unit.padEnd(12)} ${aimOf(figure).padEnd(8)} ${verdict}`;
  });
  return `${rows.join('\n')}\n`;
}
