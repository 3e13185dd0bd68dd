import type { DecisionRequest, WriteBackRequest } from '../contract/decision';
import type { Fields, FieldValues, Flag } from '../contract/fields';
import type { VideoFacts } from '../contract/video';
import { DEFAULT_LANGUAGE, type ModelRef, type Subject, type TranslatorRef } from '../contract/primitives';
import type { Suggestion } from '../contract/suggestion';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { newId } from '../storage/row-id';
import { AcceptanceStore } from './acceptance-store';
import { approvedEnglish } from './approved-english';
import { leastConfidence, mayApproveAlone, NOBODY, type ApprovalWish } from './auto-approval';
import { CalibrationStore } from './calibration-store';
import type { ChangeFeed } from './change-feed';
import { recordDecision } from './decision-record';
import { inTurn, jobDecidedAgainst, type Picture } from './one-picture';
import { countOthersWithText, type TextOfImage } from './same-text';
import { textsOf, textTerm, wordsBeside, wordsOf } from './search-words';
import { SUGGESTION_COLUMNS, standingOf, suggestionOf, valuesColumn, type SuggestionRow } from './suggestion-row';
import { decide, writeBack, type Standing } from './suggestion-state';

export interface NewSuggestion {
  readonly jobId: string;
  readonly jobSeq: number;
  /** Number of the instance that asked. */
  readonly instance: number;
  readonly subject: Subject;
  readonly imageSha256: string;
  readonly fields: Fields;
  /** Words that were read in the picture, one line each; absent or null: none. */
  readonly textInPicture?: string | null;
  /** Undefined for a picture. */
  readonly video?: VideoFacts | undefined;
  readonly alternatives: readonly string[];
  readonly confidence: number;
  readonly flags: readonly Flag[];
  readonly model: ModelRef;
  /** The English alt text that the texts are translated from, or will be; null where they are English themselves. */
  readonly source: string | null;
  readonly translator: TranslatorRef | null;
  /** They are English until a translator is here. */
  readonly awaitsTranslation: boolean;
  readonly current: FieldValues;
  /** The picture's name in the CMS, to be found by. */
  readonly fileName?: string | undefined;
}

interface Asked {
  readonly source_sha256: string | null;
  readonly language: string;
  readonly run_id: string | null;
}

/** What the undoing of a run touches. */
const WITHDRAWN: ReadonlySet<string> = new Set(['pending', 'approved', 'conflict', 'applied']);

/** The review queue of one site. Another site's id is not found. Every write leaves an entry in the change feed. */
export class SuggestionStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly changes: ChangeFeed,
    /** The instance whose suggestions are seen; null: all of the site. */
    private readonly seen: number | null,
  ) {}

  /**
   * Inside the finishing transaction. Older open suggestions for the same subject are superseded; the new one is
   * itself when a later job of the subject was faster.
   */
  create(suggestion: NewSuggestion): Suggestion {
    return this.storage.transaction(() => {
      const { source_sha256, language, run_id } = this.#asked(suggestion.jobId);
      const isLate = this.#supersedeOlder(suggestion, language);
      const id = newId('sug');
      const at = Date.now();
      const { subject, fields } = suggestion;
      const { source, translator } = suggestion;
      const sure = new CalibrationStore(this.storage, this.siteId).surenessOf(suggestion);
      const { textInPicture = null } = suggestion;
      const beside = [source ?? '', textInPicture ?? '', suggestion.fileName ?? '', subject.id];
      const words = wordsOf([...textsOf(fields), ...beside]);
      this.storage
        .prepare(
          `INSERT INTO suggestions (id, site_id, instance, job_id, job_seq, run_id, version, state, subject_type, subject_id,
             image_sha256, fields, alternatives, confidence, flags, model, current, words, created_at, updated_at,
             source_sha256, language, source, translator, awaits_translation, video, own_confidence, text_in_picture)
           VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          id,
          this.siteId,
          suggestion.instance,
          suggestion.jobId,
          suggestion.jobSeq,
          run_id,
          isLate ? 'superseded' : 'pending',
          subject.type,
          subject.id,
          suggestion.imageSha256,
          JSON.stringify(fields),
          JSON.stringify(suggestion.alternatives),
          sure.confidence,
          JSON.stringify(suggestion.flags),
          JSON.stringify(sure.model),
          JSON.stringify(suggestion.current),
          `${words} ${textTerm(fields.alt_text)}`.trim(),
          at,
          at,
          source_sha256,
          language,
          source,
          translator === null ? null : JSON.stringify(translator),
          Number(suggestion.awaitsTranslation),
          suggestion.video === undefined ? null : JSON.stringify(suggestion.video),
          sure.own,
          textInPicture,
        );
      this.changes.append(this.siteId, { type: 'suggestion.created', suggestionId: id });
      return this.#need(id);
    });
  }

  /** For which source, null where it is the image itself, in which language and in which run the job is asked. */
  #asked(jobId: string): Asked {
    const row = this.storage
      .prepare<[string, string], Asked>('SELECT source_sha256, language, run_id FROM jobs WHERE id = ? AND site_id = ?')
      .get(jobId, this.siteId);
    return row ?? { source_sha256: null, language: DEFAULT_LANGUAGE, run_id: null };
  }

  /** Another language is another suggestion; another source is not. */
  #supersedeOlder({ instance, subject, jobSeq }: NewSuggestion, language: string): boolean {
    const { older, isLate } = inTurn(this.storage, { siteId: this.siteId, subject, instance, language, jobSeq });
    for (const id of older) this.#supersede(id);
    return isLate;
  }

  get(id: string): Suggestion | null {
    const row = this.#row(id);
    return row === undefined ? null : suggestionOf(row);
  }

  /** Other source pictures of the instance that were given these very words; counted no further than 20. */
  countOthersWithText(text: TextOfImage): number {
    return countOthersWithText(this.storage, this.siteId, text);
  }

  /** Approves a fresh suggestion where the site's owner said so; returns it as it is then. */
  autoApprove(suggestion: Suggestion, wish: ApprovalWish): Suggestion {
    const from = leastConfidence(wish, () => new CalibrationStore(this.storage, this.siteId).of(suggestion.model));
    if (!mayApproveAlone(suggestion, from)) return suggestion;
    return this.decide(suggestion.id, { action: 'approve', by: NOBODY, version: suggestion.version, mode: 'rule' });
  }

  /** Throws NOT_FOUND, SUGGESTION_CHANGED, DECISION_NOT_POSSIBLE. */
  decide(id: string, decision: DecisionRequest): Suggestion {
    return this.storage.transaction(() => {
      const now = this.#need(id);
      const next = decide(standingOf(now), now.fields, decision, Date.now());
      this.#move(id, next, now.fields);
      recordDecision(this.storage, this.siteId, now, decision);
      this.changes.append(this.siteId, { type: 'suggestion.decided', suggestionId: id });
      return this.#need(id);
    });
  }

  /** English texts that a person approved for this very picture of the instance; null where there are none. */
  approvedEnglish(picture: { readonly imageSha256: string; readonly instance: number }): FieldValues | null {
    return approvedEnglish(this.storage, this.siteId, picture);
  }

  /**
   * The run is undone: its suggestions leave the review queue, and the CMS is asked through the feed to take back those it has
   * applied. Looks at the next `limit` rows of the run; null when there are none after `after`.
   */
  withdrawOfRun(runId: string, { after, limit }: { readonly after: number; readonly limit: number }): number | null {
    const rows = this.storage
      .prepare<[string, number, string, number], { seq: number; id: string; state: string; undo_asked: number }>(
        `SELECT seq, id, state, undo_asked FROM suggestions
         WHERE run_id = ? AND seq > ? AND site_id = ? ORDER BY seq LIMIT ?`,
      )
      .all(runId, after, this.siteId, limit);
    for (const { id, state, undo_asked } of rows) {
      if (!WITHDRAWN.has(state) || undo_asked === 1) continue;
      if (state === 'applied') this.#askToUndo(id);
      else this.#supersede(id);
    }
    return rows.at(-1)?.seq ?? null;
  }

  #supersede(id: string): void {
    this.storage
      .prepare("UPDATE suggestions SET state = 'superseded', version = version + 1, updated_at = ? WHERE id = ?")
      .run(Date.now(), id);
    this.changes.append(this.siteId, { type: 'suggestion.superseded', suggestionId: id });
  }

  /** The job whose suggestion for this source and language a person rejected or called decorative; null when nobody did. */
  jobDecidedAgainst(picture: Picture): string | null {
    return jobDecidedAgainst(this.storage, { siteId: this.siteId, instance: this.seen }, picture);
  }

  /** Records what the CMS did; what it wrote of an undone run it is asked to take back. Hearing the same report again changes nothing. Throws NOT_FOUND, WRITE_BACK_NOT_POSSIBLE. */
  writeBack(id: string, report: WriteBackRequest): Suggestion {
    return this.storage.transaction(() => {
      const now = this.#need(id);
      // The CMS wrote an approved text before it was told that the run was undone.
      const isLate = now.state === 'superseded' && report.outcome === 'applied' && this.#undone(id).wasApproved === 1;
      const standing = { ...standingOf(now), ...(isLate ? { state: 'approved' as const } : {}) };
      const next = writeBack(standing, report.outcome);
      if (next === standing) return now;
      this.#move(id, next, now.fields);
      if (next.state === 'pending') new AcceptanceStore(this.storage).decided(this.siteId, now, null);
      // A text that goes back because its whole run did is not asked about again.
      if (report.outcome === 'undone' && this.#undone(id).isAsked === 1) this.#supersede(id);
      if (isLate) this.#askToUndo(id);
      this.changes.append(this.siteId, { type: 'suggestion.written_back', suggestionId: id });
      return this.#need(id);
    });
  }

  #askToUndo(id: string): void {
    this.storage.prepare('UPDATE suggestions SET undo_asked = 1 WHERE id = ?').run(id);
    this.changes.append(this.siteId, { type: 'suggestion.undo_asked', suggestionId: id });
  }

  /** Whether its run was undone after its approval, and whether it is asked to be undone: 1 or 0. */
  #undone(id: string): { wasApproved: 0 | 1; isAsked: 0 | 1 } {
    const row = this.storage
      .prepare<[string], { wasApproved: 0 | 1; isAsked: 0 | 1 }>(
        `SELECT coalesce(r.state = 'undone', 0) AND s."values" IS NOT NULL AND s.decided_by IS NOT NULL AS wasApproved,
                s.undo_asked AS isAsked
         FROM suggestions s LEFT JOIN runs r ON r.id = s.run_id WHERE s.id = ?`,
      )
      .get(id);
    return row ?? { wasApproved: 0, isAsked: 0 };
  }

  #move(id: string, next: Standing, fields: Fields): void {
    const { changes } = this.storage
      .prepare(
        `UPDATE suggestions
         SET version = ?, state = ?, "values" = ?, edited_words = ?, reason = ?, decided_by = ?, decided_at = ?, updated_at = ?
         WHERE id = ? AND site_id = ? AND version = ?`,
      )
      .run(
        next.version,
        next.state,
        valuesColumn(next.values, fields),
        this.#editedWords(id, next.values),
        next.reason,
        next.decidedBy === null ? null : JSON.stringify(next.decidedBy),
        next.decidedAt,
        Date.now(),
        id,
        this.siteId,
        next.version - 1,
      );
    if (changes !== 1) throw new AppError('SUGGESTION_CHANGED');
  }

  /** Words of a person's texts that the suggestion is not found by already. */
  #editedWords(id: string, values: FieldValues | null): string {
    if (values === null) return '';
    const words = this.storage.prepare<[string], string>('SELECT words FROM suggestions WHERE id = ?').pluck().get(id);
    return wordsBeside(words ?? '', textsOf(values));
  }

  #row(id: string): SuggestionRow | undefined {
    return this.storage
      .prepare<unknown[], SuggestionRow>(
        `SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE id = ? AND site_id = ? AND (? IS NULL OR instance = ?)`,
      )
      .get(id, this.siteId, this.seen, this.seen);
  }

  #need(id: string): Suggestion {
    const row = this.#row(id);
    if (row === undefined) throw new AppError('NOT_FOUND');
    return suggestionOf(row);
  }
}
