import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { storageProblem } from '../storage/sqlite-error';

/** What came of one picture; `text` null: the model could not caption it. */
export const Outcome = z.object({
  model: z.string(),
  file: z.string(),
  text: z.string().nullable(),
  confidence: z.number(),
  seconds: z.number(),
  /** Most memory of the worker process so far; null where the system does not tell. */
  megabytes: z.number().nullable(),
  error: z.string().nullable(),
});
export type Outcome = z.infer<typeof Outcome>;

const Head = z.object({ evaluation: z.string() });

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The process was killed while it wrote the line.
    return null;
  }
}

/**
 * What an evaluation has so far, one line a picture, so that one that was stopped or killed goes on where it was. It is of one
 * question: other pictures, texts or settings begin anew. Throws STORAGE_FULL, STORAGE_UNAVAILABLE.
 */
export class EvaluationLog {
  readonly #done = new Map<string, Outcome>();
  readonly #handle: number;

  constructor(
    private readonly file: string,
    question: string,
  ) {
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      const kept = this.#read(question);
      this.#handle = openSync(file, kept === 0 ? 'w' : 'a', 0o600);
      if (kept === 0) this.#write({ evaluation: question });
      // What a killed process wrote only half of is written again.
      else truncateSync(file, kept);
    } catch (error) {
      throw storageProblem(error) ?? error;
    }
  }

  outcome(model: string, file: string): Outcome | null {
    return this.#done.get(keyOf({ model, file })) ?? null;
  }

  add(outcome: Outcome): void {
    this.#write(outcome);
    this.#done.set(keyOf(outcome), outcome);
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** The evaluation has its report: the next one asks the models again. */
  remove(): void {
    rmSync(this.file, { force: true });
  }

  /** Bytes of whole lines that answer this very question; 0: none. */
  #read(question: string): number {
    if (!existsSync(this.file)) return 0;
    const text = readFileSync(this.file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [head = '', ...lines] = whole.split('\n').slice(0, -1);
    if (Head.safeParse(parsed(head)).data?.evaluation !== question) return 0;
    for (const line of lines) {
      const outcome = Outcome.safeParse(parsed(line)).data;
      if (outcome !== undefined) this.#done.set(keyOf(outcome), outcome);
    }
    return Buffer.byteLength(whole);
  }

  #write(value: object): void {
    try {
      writeSync(this.#handle, `${JSON.stringify(value)}\n`);
      fsyncSync(this.#handle);
    } catch (error) {
      throw storageProblem(error) ?? error;
    }
  }
}

const keyOf = ({ model, file }: Pick<Outcome, 'model' | 'file'>) => JSON.stringify([model, file]);
