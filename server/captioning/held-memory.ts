import { readFileSync } from 'node:fs';

/**
 * Bytes that a process holds alone, by its /proc/…/status; null where the system does not tell. Weights that lie in files are left out: the
 * kernel drops their pages where memory is short and reads them again, which is no growth.
 */
export function anonymousBytes(status: string): number | null {
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

function ownStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'latin1');
  } catch {
    // Not Linux.
    return '';
  }
}

/** Bytes that this process holds; outside of Linux with what it shares with others. */
export function heldBytes(): number {
  return anonymousBytes(ownStatus()) ?? process.memoryUsage.rss();
}
