import { ModelError } from '../../models/model-error';
import type { Translator } from '../../models/translator';
import { guarded } from '../background';
import { AppError, toAppError } from '../errors';
import { Pauses } from '../pauses';
import { findPair, missingPair, pairsHere, type Pair } from './pairs';
import { OF_THE_TRANSLATOR } from './suggested-texts';
import { translateAltText, type TranslatedAltText } from './translate-alt-text';
import { TranslatorGone, TranslatorProcess } from './translator-process';

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
  /** A translator could not be loaded, or its process ended over a text; it is left alone for so long. */
  readonly sick: (error: AppError, facts: { readonly folder: string; readonly pauseMs: number }) => void;
  /** Given by tests, which run from the sources. */
  readonly workerFile?: string;
  /** A clock that never jumps, in ms; this process's own unless given. */
  readonly now?: () => number;
}

const IDLE_MS = 60_000;
const LOOK_AGAIN_MS = 1000;
/** Languages whose pair is remembered. */
const MOST_REMEMBERED = 200;

/** Texts whose translations are remembered: of a caption that comes again, and of what a worker elsewhere reports twice. */
const MOST_TEXTS = 200;
/** Told to each translator once it is loaded: one that cannot say this is sick, and no text's fault. */
const TRIAL = 'A dog on a beach';
/** Processes that one text is given to, where they end before its turn comes. */
const MOST_PROCESSES = 3;

type Translated = TranslatedAltText & { version: string };

/** The translators that are here: each is loaded when it is first needed, and its process ends when it has been idle. */
export class Translators {
  private readonly loaded = new Map<string, Loaded>();

  /** What was found in the folder lately, by language. */
  private readonly found = new Map<string, { readonly pair: Pair | null; readonly until: number }>();

  /** Latest translations, also those that are under way. */
  private readonly known = new Map<string, Promise<Translated>>();

  /** Of folders whose translator failed. */
  private readonly pauses: Pauses;
  private readonly problems = new Map<string, AppError>();

  constructor(private readonly options: TranslatorsOptions) {
    this.pauses = new Pauses(options.now);
  }

  /** True where a model for this language has been pulled. */
  has(to: string): boolean {
    return this.pairFor(to) !== null;
  }

  /** The same, and it is not left alone just now because it failed. */
  isReady(to: string): boolean {
    const pair = this.pairFor(to);
    return pair !== null && this.pauses.left(pair.folder) === 0;
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

  /**
   * Throws AppError: MODEL_FILE_MISSING where no pair for the language is here; MODEL_UNAVAILABLE and its kind where the translator
   * cannot be loaded, or is left alone after that; TRANSLATOR_CRASHED where its process ended over this text.
   */
  async translate(source: string, to: string): Promise<Translated> {
    const pair = this.pairFor(to);
    if (pair === null) {
      const cause = new ModelError('MODEL_FILE_MISSING', missingPair(to));
      throw new AppError(cause.code, {}, { cause });
    }
    const name = JSON.stringify([pair.folder, pair.version, pair.to, source]);
    return this.known.get(name) ?? this.remember(name, this.say(source, pair));
  }

  private async say(source: string, { folder, to, version }: Pair): Promise<Translated> {
    return { ...(await this.with(folder, (translator) => translateAltText(translator, source, to))), version };
  }

  private remember(name: string, translating: Promise<Translated>): Promise<Translated> {
    this.known.set(name, translating);
    // What failed is tried again.
    translating.catch(() => this.known.delete(name));
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_TEXTS && oldest !== undefined) this.known.delete(oldest);
    return translating;
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
    await Promise.all([...this.loaded].map(([folder, entry]) => this.release(folder, entry)));
  }

  private async with<T>(folder: string, work: (translator: Translator) => Promise<T>): Promise<T> {
    for (let processes = 1; ; processes += 1) {
      try {
        return await this.use(folder, work);
      } catch (error) {
        if (!(error instanceof TranslatorGone)) throw error;
        if (processes === MOST_PROCESSES) throw new AppError('MODEL_UNAVAILABLE', {}, { cause: error });
      }
    }
  }

  private async use<T>(folder: string, work: (translator: Translator) => Promise<T>): Promise<T> {
    const entry = this.need(folder);
    entry.users += 1;
    if (entry.idle !== null) clearTimeout(entry.idle);
    try {
      const said = await work(await entry.translator);
      this.pauses.wentWell(folder);
      this.problems.delete(folder);
      return said;
    } catch (error) {
      if (error instanceof AppError && error.code === 'TRANSLATOR_CRASHED') this.failed(folder, error);
      throw error;
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.countDown(folder, entry);
    }
  }

  private failed(folder: string, thrown: unknown): void {
    const error = toAppError(thrown);
    // What ended over one text says nothing of the others.
    this.problems.set(folder, ofTheTranslator(error));
    this.options.sick(error, { folder, pauseMs: this.pauses.failed(folder) });
  }

  /** Throws what it failed with where it is left alone. */
  private need(folder: string): Loaded {
    const known = this.loaded.get(folder);
    if (known !== undefined) return known;
    const problem = this.problems.get(folder);
    if (problem !== undefined && this.pauses.left(folder) > 0) throw problem;
    const translator = this.start(folder);
    const entry: Loaded = { translator, users: 0, idle: null };
    this.loaded.set(folder, entry);
    const forget = () => {
      if (this.loaded.get(folder) === entry) this.loaded.delete(folder);
    };
    // One that did not load, or ended, is started afresh for a later text.
    translator.then(
      (process) => process.onEnd(forget),
      (error: unknown) => {
        forget();
        this.failed(folder, error);
      },
    );
    return entry;
  }

  private async start(folder: string): Promise<TranslatorProcess> {
    const { threads, workerFile } = this.options;
    try {
      const process = await TranslatorProcess.start(folder, threads, workerFile);
      await process.translate(TRIAL).catch(async (error: unknown) => {
        await process.close();
        throw error;
      });
      return process;
    } catch (error) {
      throw ofTheTranslator(toAppError(error));
    }
  }

  private countDown(folder: string, entry: Loaded): void {
    // One that has ended is forgotten already; another may have taken its place.
    if (this.loaded.get(folder) !== entry) return;
    const { idleMs = IDLE_MS, failed } = this.options;
    entry.idle = setTimeout(
      guarded(() => this.release(folder, entry), failed),
      idleMs,
    );
    entry.idle.unref();
  }

  private async release(folder: string, entry: Loaded): Promise<void> {
    if (this.loaded.get(folder) !== entry) return;
    this.loaded.delete(folder);
    if (entry.idle !== null) clearTimeout(entry.idle);
    // One that did not load has told whoever asked for it.
    await entry.translator.then((process) => process.close()).catch(() => undefined);
  }
}

/** The error as one that says nothing of any text. */
function ofTheTranslator(error: AppError): AppError {
  return OF_THE_TRANSLATOR.has(error.code) ? error : new AppError('MODEL_UNAVAILABLE', {}, { cause: error });
}
