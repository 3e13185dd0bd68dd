import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

/** The text of a file, or null where it cannot be read. */
export type ReadText = (file: string) => string | null;

const CGROUPS = '/sys/fs/cgroup';

export const readText: ReadText = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No Linux, no cgroups of this version, or not mounted at the usual place.
    return null;
  }
};

/** `200000 100000` → 2 processors; `max 100000` → no limit. */
function quotaOfTwo(text: string | null): number {
  const [quota, period] = (text ?? '').trim().split(/\s+/).map(Number);
  return share(quota, period);
}

/** A quota of -1 is none. */
function share(quota = NaN, period = NaN): number {
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

const numberIn = (text: string | null) => (text === null ? NaN : Number(text.trim()));

/** `/a/b` → `/a/b`, `/a`, `/`. A container sees its own group as the root, while the path may still be the host's. */
function upwards(group: string): string[] {
  const parts = path.posix.join('/', group).split('/').filter(Boolean);
  return [...parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`), '/'];
}

/** The quota files above one line of /proc/self/cgroup, `ID:CONTROLLERS:PATH`; the smallest quota holds. */
function quotaOfLine(line: string, read: ReadText): number {
  const [, controllers = '', ...rest] = line.split(':');
  const groups = upwards(rest.join(':'));
  if (controllers === '') {
    return Math.min(...groups.map((group) => quotaOfTwo(read(path.posix.join(CGROUPS, group, 'cpu.max')))));
  }
  if (!controllers.split(',').includes('cpu')) return Infinity;
  const quotas = [controllers, 'cpu'].flatMap((mount) =>
    groups.map((group) => {
      const file = (name: string) => read(path.posix.join(CGROUPS, mount, group, name));
      return share(numberIn(file('cpu.cfs_quota_us')), numberIn(file('cpu.cfs_period_us')));
    }),
  );
  return Math.min(...quotas);
}

/**
 * Processors' worth of time that the cgroups of this process allow, version 2 and 1, its own and every one above; Infinity without
 * a limit. https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function cpuQuota(read: ReadText = readText): number {
  const lines = (read('/proc/self/cgroup') ?? '').split('\n').filter((line) => line !== '');
  return Math.min(Infinity, ...lines.map((line) => quotaOfLine(line, read)));
}

/** Threads that can run at the same time. Node tells the processors; libuv before 1.49 (Node 20) does not know of quotas. */
export function usableCores(cores: number = availableParallelism(), quota: number = cpuQuota()): number {
  // A thread more than the quota makes all of them wait for the rest of the period.
  return Math.max(1, Math.min(cores, Math.floor(quota)));
}
