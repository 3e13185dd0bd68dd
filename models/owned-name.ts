import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { isMissing } from './file-problem';

const OWNER = /-(\d+)\.(\d+)(?:\.([0-9a-f]{8}))?-[0-9a-f]{8}$/;
const UNKNOWN_BEGIN = '0';

/** How often a process touches what it owns, so that other machines and containers see that it lives. */
const BEAT_MS = 10_000;
/** From this time without a touch on, what a process elsewhere owned counts as left. A blocked event loop or a slow disk delays touches. */
const LEFT_AFTER_MS = 120_000;

function readOr(file: string, otherwise: string, read: (file: string) => string): string {
  try {
    return read(file);
  } catch {
    // Not Linux, or the process has ended since.
    return otherwise;
  }
}

const text = (file: string) => readFileSync(file, 'latin1');

/** When a process began, in ticks since the machine did; 0 where the system does not tell. A number alone is given away again. */
function beginOf(pid: number): string {
  // The name in brackets may hold spaces; the start is the 20th field after it (man 5 proc).
  const fields = readOr(`/proc/${pid}/stat`, '', text)
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields[19] ?? UNKNOWN_BEGIN;
}

let space: string | null = null;

/** Where process ids mean the same processes: this boot of this machine, and in it this container. */
function processSpace(): string {
  if (space !== null) return space;
  const boot = readOr('/proc/sys/kernel/random/boot_id', hostname(), text);
  const namespace = readOr('/proc/self/ns/pid', '', readlinkSync);
  space = createHash('sha256').update(`${boot}\n${namespace}`).digest('hex').slice(0, 8);
  return space;
}

/** Paths that this process gave, and whether something was seen there. */
const owned = new Map<string, boolean>();
let beat: NodeJS.Timeout | null = null;

function touchOwned(): void {
  const now = new Date();
  for (const [name, wasSeen] of owned) {
    try {
      utimesSync(name, now, now);
      owned.set(name, true);
    } catch {
      // Not made yet; or removed or renamed by now.
      if (wasSeen) owned.delete(name);
    }
  }
}

/**
 * A name that says which process it belongs to, so that what a killed one left can be told from what is in use. What is made under it is
 * touched while this process lives.
 */
export function ownedName(stem: string): string {
  const name = `${stem}-${process.pid}.${beginOf(process.pid)}.${processSpace()}-${randomBytes(4).toString('hex')}`;
  owned.set(path.resolve(name), false);
  beat ??= setInterval(touchOwned, BEAT_MS).unref();
  return name;
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

/** The last touch or write, of a folder also to a file in it; 0 where it is gone. */
function lastTouched(name: string): number {
  try {
    const { mtimeMs } = statSync(name);
    if (!statSync(name).isDirectory()) return mtimeMs;
    const inside = readdirSync(name).map((file) => statSync(path.join(name, file)).mtimeMs);
    return Math.max(mtimeMs, ...inside);
  } catch {
    return 0;
  }
}

export interface OwnedEntry {
  readonly path: string;
  /** What `ownedName` was given. */
  readonly stem: string;
  readonly pid: number;
  /** This process made it. */
  readonly isOurs: boolean;
  /** False: the process that made it has ended, however it did. */
  readonly isInUse: boolean;
}

/**
 * What lies in a folder under names that `ownedName` gave, whichever process asked. A process of another container or machine cannot be
 * looked for, and without /proc its number may belong to another one by now: there the last touch decides.
 */
export function ownedEntries(folder: string): OwnedEntry[] {
  return namesIn(folder).flatMap((name) => {
    const owner = OWNER.exec(name);
    if (owner === null) return [];
    const [, number = '', begin = UNKNOWN_BEGIN, at = processSpace()] = owner;
    const pid = Number(number);
    const entry = path.join(folder, name);
    const isNear = at === processSpace();
    const isTouched = Date.now() - lastTouched(entry) < LEFT_AFTER_MS;
    const runs = isNear && isRunning(pid, begin);
    const isInUse = isNear && begin !== UNKNOWN_BEGIN ? runs : isTouched && (runs || !isNear);
    const isOurs = runs && pid === process.pid;
    return [{ path: entry, stem: name.slice(0, owner.index), pid, isOurs, isInUse }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
