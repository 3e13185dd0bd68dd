import { ModelError } from '../../models/model-error';
import type { Translator } from '../../models/translator';
import { guarded } from '../background';
import { AppError } from '../errors';
import { findPair, missingPair, pairsHere, type Pair } from './pairs';
import { translateAltText, type TranslatedAltText } from './translate-alt-text';
import { TranslatorProcess } from './translator-process';

interface Loaded {
  readonly translator: Promise<TranslatorProcess>;
  users: number;
  idle: NodeJS.Timeout | null;
}

export interface TranslatorsOptions {
  /** Folder of pulled models. */
  readonly pulled: string;
  /** For each; null: the usual number. */
  readonly threads: number | null;
  /** A pair that nobody has asked for so long is let go. */
  readonly idleMs?: number;
  readonly failed: (error: unknown) => void;
  /** Given by tests, which run from the sources. */
  readonly workerFile?: string;
}

const IDLE_MS = 60_000;
const LOOK_AGAIN_MS = 1000;
/** Languages whose pair is remembered. */
const MOST_REMEMBERED = 200;

/** The translators that are here: each is loaded when it is first needed, and its process ends when it has been idle. */
export class Translators {
  private readonly loaded = new Map<string, Loaded>();

  /** What was found in the folder lately, by language. */
  private readonly found = new Map<string, { readonly pair: Pair | null; readonly until: number }>();

  constructor(private readonly options: TranslatorsOptions) {}

  /** True where a model for this language has been pulled. */
  has(to: string): boolean {
    return this.pairFor(to) !== null;
  }

  /** The model for a language; null where none has been pulled. */
  modelFor(to: string): string | null {
    return this.pairFor(to)?.model ?? null;
  }

  /** Languages that texts can be translated into. */
  languages(): string[] {
    const english = pairsHere(this.options.pulled).filter(({ from }) => from === 'en');
    return [...new Set(english.map(({ to }) => to))];
  }

  /** What to do where no translator for a language is here. */
  whatIsMissing(to: string): string {
    return missingPair(to);
  }

  /** Throws AppError: MODEL_FILE_MISSING where no pair for the language is here, else as the translator does. */
  async translate(source: string, to: string): Promise<TranslatedAltText & { version: string }> {
    const pair = this.pairFor(to);
    if (pair === null) {
      const cause = new ModelError('MODEL_FILE_MISSING', missingPair(to));
      throw new AppError(cause.code, {}, { cause });
    }
    const translated = await this.with(pair.folder, (translator) => translateAltText(translator, source, pair.to));
    return { ...translated, version: pair.version };
  }

  /** The folder is read again only after a second: many texts come one after the other. */
  private pairFor(to: string): Pair | null {
    const known = this.found.get(to);
    const now = performance.now();
    if (known !== undefined && known.until > now) return known.pair;
    const pair = findPair(this.options.pulled, to);
    if (this.found.size > MOST_REMEMBERED) this.found.clear();
    this.found.set(to, { pair, until: now + LOOK_AGAIN_MS });
    return pair;
  }

  /** Process ids of the pairs that are loaded. */
  async pids(): Promise<number[]> {
    const all = await Promise.all([...this.loaded.values()].map(({ translator }) => translator));
    return all.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.loaded.keys()].map((folder) => this.release(folder)));
  }

  private async with<T>(folder: string, work: (translator: Translator) => Promise<T>): Promise<T> {
    const entry = this.need(folder);
    entry.users += 1;
    if (entry.idle !== null) clearTimeout(entry.idle);
    try {
      return await work(await entry.translator);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.countDown(folder, entry);
    }
  }

  private need(folder: string): Loaded {
    const known = this.loaded.get(folder);
    if (known !== undefined) return known;
    const translator = TranslatorProcess.start(folder, this.options.threads, this.options.workerFile);
    const entry: Loaded = { translator, users: 0, idle: null };
    this.loaded.set(folder, entry);
    const forget = () => {
      if (this.loaded.get(folder) === entry) this.loaded.delete(folder);
    };
    // One that did not load, or ended, is started afresh for the next text.
    translator.then((process) => process.onEnd(forget), forget);
    return entry;
  }

  private countDown(folder: string, entry: Loaded): void {
    const { idleMs = IDLE_MS, failed } = this.options;
    entry.idle = setTimeout(
      guarded(() => this.release(folder), failed),
      idleMs,
    );
    entry.idle.unref();
  }

  private async release(folder: string): Promise<void> {
    const entry = this.loaded.get(folder);
    if (entry === undefined) return;
    this.loaded.delete(folder);
    if (entry.idle !== null) clearTimeout(entry.idle);
    // One that did not load has told whoever asked for it.
    await entry.translator.then((process) => process.close()).catch(() => undefined);
  }
}
