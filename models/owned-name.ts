import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const OWNER = /-(\d+)\.(\d+)-[0-9a-f]{8}$/;

/** When a process began, in ticks since the machine did; 0 where the system does not tell. A number alone is given away again. */
function beginOf(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return '0';
  // The name in brackets may hold spaces; the start is the 20th field after it (man 5 proc).
  return (
    readFileSync(file, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19] ?? '0'
  );
}

/** A name that says which process it belongs to, so that what a killed one left can be told from what is in use. */
export function ownedName(stem: string): string {
  return `${stem}-${process.pid}.${beginOf(process.pid)}-${randomBytes(4).toString('hex')}`;
}

function isRunning(pid: number, begin: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return beginOf(pid) === begin;
}

export interface OwnedEntry {
  readonly path: string;
  /** What `ownedName` was given. */
  readonly stem: string;
  readonly pid: number;
  /** False: the process that made it has ended, however it did. */
  readonly isInUse: boolean;
}

/** What lies in a folder under names that `ownedName` gave, whichever process asked. */
export function ownedEntries(folder: string): OwnedEntry[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const owner = OWNER.exec(name);
    if (owner === null) return [];
    const pid = Number(owner[1]);
    const stem = name.slice(0, owner.index);
    return [{ path: path.join(folder, name), stem, pid, isInUse: isRunning(pid, owner[2] ?? '') }];
  });
}
