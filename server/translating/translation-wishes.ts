import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { isEnglish } from '../contract/language';
import { Translates } from '../contract/run';
import type { Suggestion } from '../contract/suggestion';
import { JobWork } from '../queue/queue';
import type { JobStore } from '../queue/job-store';
import { MatchingSuggestions } from '../review/matching-suggestions';
import type { SuggestionStore } from '../review/suggestion-store';
import { exactTerm } from '../review/suggestion-terms';
import type { Storage } from '../storage/database';
import { scopeNumbers } from '../storage/list-scopes';
import { englishTexts } from './translation-job';

export interface TranslationWishesParts {
  readonly storage: Storage;
  readonly suggestionsOf: (siteId: string, instance: number) => Pick<SuggestionStore, 'get'>;
  readonly jobsOf: (siteId: string, instance: number) => Pick<JobStore, 'add' | 'latestFor' | 'workOf'>;
  /** Whether texts can be translated into a language now. */
  readonly isReady: (language: string) => boolean;
  readonly ring: () => void;
}

/** Suggestions that are looked at in one step; some milliseconds. */
const PIECE = 100;
/** Jobs of a run that wait at a time: enough for the translators, and no site's queue is full of them. */
const MOST_WAITING = 400;
/** Translations into one language that wait, of all sites and runs, up to which more are made for texts that had to stay English. */
const MOST_WAITING_OF_ALL = 2000;

/** Of runs that have not gone through all texts. */
const OPEN = "translated_to IS NOT NULL AND state = 'running'";

interface Owner {
  readonly site_id: string;
  readonly instance: number;
}

interface RunRow extends Owner {
  readonly id: string;
  readonly translates: string;
  readonly translated_to: number;
  readonly include_decided: number;
}

interface SuggestionRef extends Owner {
  readonly seq: number;
  readonly id: string;
}

/** Makes the jobs that translate what is there already: for a run that says so, and for what had to stay English because no translator was here. */
export class TranslationWishes {
  readonly #index: MatchingSuggestions;

  constructor(private readonly parts: TranslationWishesParts) {
    this.#index = new MatchingSuggestions(parts.storage);
  }

  /** Goes on until there is nothing to ask for now, or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (const language of this.#languagesAwaited()) {
      while (!signal.aborted && this.parts.isReady(language) && this.#askForAwaited(language)) await yieldToEventLoop();
    }
    for (let isMore = true; isMore;) isMore = await this.#piecesOfRuns(signal);
  }

  #languagesAwaited(): string[] {
    const next = this.parts.storage
      .prepare<[string], string | null>(
        "SELECT min(language) FROM suggestions WHERE awaits_translation = 1 AND state = 'pending' AND language > ?",
      )
      .pluck();
    const languages: string[] = [];
    for (let last = next.get('') ?? null; last !== null; last = next.get(last) ?? null) languages.push(last);
    return languages;
  }

  /** True when there may be more to ask for now. */
  #askForAwaited(language: string): boolean {
    const { storage } = this.parts;
    if (this.#areManyWaiting(language)) return false;
    const rows = storage
      .prepare<[string], SuggestionRef>(
        `SELECT seq, id, site_id, instance FROM suggestions
         WHERE awaits_translation = 1 AND state = 'pending' AND language = ? ORDER BY seq LIMIT ${PIECE}`,
      )
      .all(language);
    storage.transaction(() => {
      for (const row of rows) {
        const suggestion = this.parts.suggestionsOf(row.site_id, row.instance).get(row.id);
        if (suggestion !== null) this.#add(row, suggestion, { language, runId: suggestion.run_id });
        storage.prepare('UPDATE suggestions SET awaits_translation = 0 WHERE seq = ?').run(row.seq);
      }
    });
    if (rows.length > 0) this.parts.ring();
    return rows.length === PIECE;
  }

  #areManyWaiting(language: string): boolean {
    // The first condition about `needs` is the index's own: it is used only where that stands here too.
    const waiting = this.parts.storage
      .prepare<[string], number>(
        `SELECT count(*) FROM (
           SELECT 1 FROM jobs INDEXED BY jobs_of_other_tasks
           WHERE state = 'waiting' AND held = 0 AND needs <> 'caption'
             AND needs = 'translate' AND language = ? LIMIT ${MOST_WAITING_OF_ALL}
         )`,
      )
      .pluck()
      .get(language);
    return (waiting ?? 0) >= MOST_WAITING_OF_ALL;
  }

  /** A piece of each run, one after the other. True when there may be more to ask for now. */
  async #piecesOfRuns(signal: AbortSignal): Promise<boolean> {
    const runs = this.parts.storage
      .prepare<[], number>(`SELECT seq FROM runs WHERE ${OPEN} ORDER BY seq`)
      .pluck()
      .all();
    const read = this.parts.storage.prepare<[number], RunRow>(
      `SELECT id, site_id, instance, translates, translated_to, include_decided FROM runs WHERE seq = ? AND ${OPEN}`,
    );
    let isMore = false;
    for (const seq of runs) {
      if (signal.aborted) return false;
      // It may have been paused or ended meanwhile.
      const run = read.get(seq);
      if (run !== undefined) isMore = this.#pieceOf(run) || isMore;
      await yieldToEventLoop();
    }
    return isMore;
  }

  #pieceOf(run: RunRow): boolean {
    const { storage } = this.parts;
    const waiting = storage
      .prepare<[string], number>("SELECT coalesce(sum(n), 0) FROM job_counts WHERE run_id = ? AND state = 'waiting'")
      .pluck()
      .get(run.id);
    if ((waiting ?? 0) >= MOST_WAITING) return false;
    const rows = this.#rowsOf(run);
    storage.transaction(() => {
      for (const seq of rows) this.#askFor(seq, run);
      const last = rows.length < PIECE ? null : (rows.at(-1) ?? null);
      storage.prepare('UPDATE runs SET translated_to = ? WHERE id = ?').run(last, run.id);
      // From now on it is known how many there are.
      if (last === null) storage.prepare(ALL_ADDED).run({ id: run.id });
    });
    this.parts.ring();
    return rows.length === PIECE;
  }

  /** `seq` of the next suggestions of the run's site and instance: others' are not read, however many there are. */
  #rowsOf({ site_id: siteId, instance, translated_to: after }: RunRow): number[] {
    const { storage } = this.parts;
    const [scope] = scopeNumbers(storage, { siteId, instance });
    if (scope === undefined) return [];
    return this.#index.rows(exactTerm(scope.number, '~a'), { after, descending: false, limit: PIECE });
  }

  #askFor(seq: number, run: RunRow): void {
    const { languages, which } = Translates.parse(JSON.parse(run.translates));
    const id = this.parts.storage
      .prepare<[number], string>('SELECT id FROM suggestions WHERE seq = ?')
      .pluck()
      .get(seq);
    const suggestion = id === undefined ? null : this.parts.suggestionsOf(run.site_id, run.instance).get(id);
    if (suggestion === null) return;
    const isApproved = suggestion.state === 'approved' || suggestion.state === 'applied';
    const texts = englishTexts(suggestion);
    if (texts === null || (which === 'approved' && !isApproved)) return;
    // What was approved beside a translation is offered in other languages; what the machine said only from the English.
    if (!isEnglish(suggestion.language) && which !== 'approved') return;
    for (const language of languages) {
      if (language === suggestion.language || isEnglish(language)) continue;
      if (this.#isThere(run, suggestion, { language, english: texts.fields.alt_text, run })) continue;
      this.#add(run, suggestion, { language, runId: run.id });
    }
  }

  /** Whether a person has decided about the text in that language, or the same English is translated already, or will be. */
  #isThere(
    { site_id, instance }: Owner,
    from: Suggestion,
    { language, english, run }: { language: string; english: string; run: RunRow },
  ): boolean {
    const known = this.parts.jobsOf(site_id, instance).latestFor({
      subject: from.subject,
      imageSha256: from.image_sha256,
      sourceSha256: from.source_sha256,
      language,
    });
    if (known === null) return false;
    if (known.job.suggestion_id === null) return known.job.state !== 'failed';
    const there = this.parts.suggestionsOf(site_id, instance).get(known.job.suggestion_id);
    if (there === null || there.state === 'superseded') return false;
    if (there.state === 'approved' || there.state === 'applied') return true;
    if (there.state !== 'pending' && there.state !== 'conflict') return run.include_decided === 0;
    return there.translator !== null && there.source === english;
  }

  #add(
    { site_id, instance }: Owner,
    from: Suggestion,
    { language, runId }: { language: string; runId: string | null },
  ): void {
    const jobs = this.parts.jobsOf(site_id, instance);
    const asked = jobs.workOf(from.job_id);
    const product = asked?.context?.product;
    jobs.add({
      instance,
      subject: from.subject,
      imageSha256: from.image_sha256,
      sourceSha256: from.source_sha256,
      language,
      modelId: from.model.id,
      runId,
      priority: 'backfill',
      needs: 'translate',
      work: JobWork.parse({
        translate: { suggestion: from.id },
        ...(from.kind === 'video' ? { video: {} } : {}),
        ...(product === undefined ? {} : { context: { product }, fields: asked?.fields ?? null }),
      }),
    });
  }
}

/** Nothing stands in the way of a run that has ended meanwhile: its jobs are counted as they are. */
const ALL_ADDED = `UPDATE runs SET expected = (SELECT coalesce(sum(n), 0) FROM job_counts WHERE run_id = :id) WHERE id = :id`;
