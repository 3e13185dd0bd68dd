import { existsSync, readFileSync } from 'node:fs';

/** A zombie is dead: its parent has only not asked for it yet. */
export function isAlive(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  try {
    return existsSync(status) && !readFileSync(status, 'utf8').includes('State:\tZ');
  } catch {
    // It ended between the two looks.
    return false;
  }
}

/** Process ids of the children of a process; none when it is gone. */
export function childrenOf(pid: number | null): number[] {
  if (pid === null) return [];
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** The programs of ffmpeg among the children of a process. */
export function decodersOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => {
    try {
      return /ff(mpeg|probe)/.test(readFileSync(`/proc/${child}/cmdline`, 'utf8'));
    } catch {
      // It has ended.
      return false;
    }
  });
}
