import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Subject } from '../contract/primitives';
import { flush } from '../storage/data-folder';

const FILE = 'erasures.jsonl';

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
  readonly #file: string;

  constructor(private readonly folder: string) {
    this.#file = path.join(folder, FILE);
  }

  /** On disk when this returns: noted first, erased afterwards. */
  add(erasure: Erasure): void {
    const isNew = !existsSync(this.#file);
    appendFileSync(this.#file, `${JSON.stringify(erasure)}\n`, { mode: 0o600 });
    for (const place of isNew ? [this.#file, this.folder] : [this.#file]) flush(place);
  }

  /** A line that was cut off by a kill is left out: its erasure was not answered either. */
  read(): Erasure[] {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const found = Erasure.safeParse(readJson(line));
        return found.success ? [found.data] : [];
      });
  }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
