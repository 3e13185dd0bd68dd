import { accept } from './accept';
import { backlog } from './backlog';
import { distributed, workersElsewhere } from './distributed';
import { holds, machine, table, type Bench } from './figures';
import { longRun } from './long-run';
import { million } from './million';
import { overhead } from './overhead';
import { throughput } from './throughput';

const BENCHES: Readonly<Record<string, Bench>> = {
  accept,
  overhead,
  backlog,
  'long-run': longRun,
  throughput,
  million,
  distributed,
  'workers-elsewhere': workersElsewhere,
};

/** Runs the named benches, or all: a table for people on standard error, a JSON line a bench on standard output. */
export async function main(words: readonly string[], root: string): Promise<void> {
  const names = words.length === 0 ? Object.keys(BENCHES) : words;
  for (const name of names) {
    const bench = BENCHES[name];
    if (bench === undefined) throw new Error(`There is no bench "${name}": ${Object.keys(BENCHES).join(', ')}.`);
    const before = machine();
    const figures = await bench(root);
    process.stderr.write(`\n${name} (${before.cores} cores, load ${before.load.toFixed(1)} before)\n${table(figures)}`);
    const told = figures.map((figure) => ({ ...figure, holds: holds(figure) }));
    const line = { bench: `service/${name}`, machine: before, figures: told };
    process.stdout.write(`${JSON.stringify(line, (_name, value: unknown) => rounded(value))}\n`);
  }
}

const rounded = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
