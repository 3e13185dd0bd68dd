import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { flush } from './data-folder';

export interface ListKind<Entry> {
  /** What its files are called: `erasures` gives `erasures-2026-11.jsonl`. */
  readonly name: string;
  readonly entry: z.ZodType<Entry>;
}

/**
 * A list that a restore needs, in a folder: one file for each month (UTC), so that old ones can go while another process adds
 * to the newest. Lies in the data folder, and a copy of it beside the backups.
 */
export class MonthlyList<Entry extends { readonly at: number }> {
  constructor(
    private readonly kind: ListKind<Entry>,
    private readonly folder: string,
  ) {}

  /** On disk when this returns. */
  add(entry: Entry): void {
    const month = new Date(entry.at).toISOString().slice(0, 7);
    const file = path.join(this.folder, `${this.kind.name}-${month}.jsonl`);
    const isNew = !existsSync(file);
    appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    for (const place of isNew ? [file, this.folder] : [file]) flush(place);
  }

  /** A line that was cut off by a kill is left out: what it says was not answered either. */
  read(): Entry[] {
    return this.#files().flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => {
          const found = this.kind.entry.safeParse(readJson(line));
          return found.success ? [found.data] : [];
        }),
    );
  }

  /** Removes the months that were over before this time (ms). */
  removeBefore(time: number): void {
    for (const file of this.#files()) if ((endOf(file) ?? statSync(file).mtimeMs) < time) rmSync(file, { force: true });
  }

  #files(): string[] {
    if (!existsSync(this.folder)) return [];
    const isOurs = (name: string) => name.startsWith(this.kind.name) && isMonthlyList(name);
    return readdirSync(this.folder)
      .filter(isOurs)
      .map((name) => path.join(this.folder, name));
  }
}

/** The second: where all entries were kept before there was a file for each month. */
const FILE = /^[a-z-]+-(\d{4})-(\d\d)\.jsonl$|^[a-z-]+\.jsonl$/;

/** Whether a file of this name belongs to such a list. */
export function isMonthlyList(name: string): boolean {
  return FILE.test(name);
}

/** Whether a file is such a list, and everything in it is from before this time (ms). */
export async function isOverBefore(file: string, time: number): Promise<boolean> {
  return isMonthlyList(path.basename(file)) && (endOf(file) ?? (await stat(file)).mtimeMs) < time;
}

/** The first moment after everything that a file of one month lists, in ms; null for one of all months. */
function endOf(file: string): number | null {
  const [, year, month] = FILE.exec(path.basename(file)) ?? [];
  return year === undefined ? null : Date.UTC(Number(year), Number(month), 1);
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
