import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Subject } from '../contract/primitives';
import { flush } from '../storage/data-folder';

/** One file for each month (UTC), so that old ones can go while another process adds to the newest. */
const FILE = /^erasures-(\d{4})-(\d\d)\.jsonl$/;
/** Where all of them were kept before. */
const OLD_FILE = 'erasures.jsonl';

const OfInstance = { at: z.number(), site_id: z.string(), instance: z.number() };
/** One erasure: ids and hashes, nothing of what was erased. */
export const Erasure = z.discriminatedUnion('kind', [
  z.object({ ...OfInstance, kind: z.literal('subject'), subject: Subject }),
  z.object({ ...OfInstance, kind: z.literal('image'), sha256: z.string() }),
  z.object({ at: z.number(), site_id: z.string(), kind: z.literal('site') }),
]);
export type Erasure = z.infer<typeof Erasure>;

/** The list of erasures that lies beside the backups, so that restoring an older one does not bring back what was erased. */
export class ErasureList {
  constructor(private readonly folder: string) {}

  /** On disk when this returns: noted first, erased afterwards. */
  add(erasure: Erasure): void {
    const file = path.join(this.folder, `erasures-${new Date(erasure.at).toISOString().slice(0, 7)}.jsonl`);
    const isNew = !existsSync(file);
    appendFileSync(file, `${JSON.stringify(erasure)}\n`, { mode: 0o600 });
    for (const place of isNew ? [file, this.folder] : [file]) flush(place);
  }

  /** A line that was cut off by a kill is left out: its erasure was not answered either. */
  read(): Erasure[] {
    return this.#files().flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => {
          const found = Erasure.safeParse(readJson(line));
          return found.success ? [found.data] : [];
        }),
    );
  }

  /** Removes the months that were over before this time (ms): no backup is as old as what was erased in them. */
  removeBefore(time: number): void {
    for (const file of this.#files()) if (endOf(file) < time) rmSync(file, { force: true });
  }

  #files(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => FILE.test(name) || name === OLD_FILE)
      .map((name) => path.join(this.folder, name));
  }
}

/** The first moment after everything that a file lists, in ms. */
function endOf(file: string): number {
  const [, year, month] = FILE.exec(path.basename(file)) ?? [];
  return year === undefined ? statSync(file).mtimeMs : Date.UTC(Number(year), Number(month), 1);
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
