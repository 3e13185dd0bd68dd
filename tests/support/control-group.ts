import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const MOUNT = '/sys/fs/cgroup';

/** The control group of a process: what it is limited to, and how often it was held back. Version 1 and 2. */
export class ControlGroup {
  private constructor(
    private readonly cpu: string,
    private readonly memory: string,
  ) {}

  static of(pid: number): ControlGroup {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    const folder = (controller: string) => {
      const found = lines
        .map((line) => line.split(':'))
        .find(([, names = '']) => names.split(',').includes(controller));
      if (found !== undefined) return path.join(MOUNT, controller, found[2] ?? '');
      return path.join(MOUNT, lines.map((line) => line.split(':')).find(([, names]) => names === '')?.[2] ?? '');
    };
    return new ControlGroup(folder('cpu'), folder('memory'));
  }

  private read(folder: string, ...names: readonly string[]): string {
    const file = names.map((name) => path.join(folder, name)).find((name) => existsSync(name));
    if (file === undefined) throw new Error(`${folder} has none of ${names.join(', ')}`);
    return readFileSync(file, 'utf8').trim();
  }

  /** Microseconds of processor time in a period of 100,000. */
  get quotaUs(): number {
    return Number(this.read(this.cpu, 'cpu.cfs_quota_us', 'cpu.max').split(' ')[0]);
  }

  get memoryBytes(): number {
    return Number(this.read(this.memory, 'memory.limit_in_bytes', 'memory.max'));
  }

  /** Periods in which it ran, and those of them in which it was made to wait for the next one. */
  get periods(): { readonly all: number; readonly throttled: number } {
    const stat = this.read(this.cpu, 'cpu.stat');
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(stat)?.[1]);
    return { all: value('nr_periods'), throttled: value('nr_throttled') };
  }

  get processes(): readonly number[] {
    return this.read(this.cpu, 'cgroup.procs').split('\n').map(Number);
  }
}

/** Clock ticks that each thread of a process has computed, the busiest first. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function ticksOfThreads(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))
    .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
    .map((fields) => Number(fields[11]) + Number(fields[12]))
    .sort((a, b) => b - a);
}
