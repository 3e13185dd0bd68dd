import { z } from 'zod';
import { confidenceOf } from '../../models/confidence';
import { approvalRule, fitCalibration, LEAST_JUDGEMENTS, type Judgement } from '../../models/evaluation/calibration';
import { Calibration, MOST_BAD, type ConfidenceRule } from '../contract/calibration';
import type { ModelRef } from '../contract/primitives';
import type { Storage } from '../storage/database';
import type { ChangeFeed } from './change-feed';
import { MatchingSuggestions } from './matching-suggestions';
import { exactTerm } from './suggestion-terms';
import { scopeNumbers } from '../storage/list-scopes';
import { nameOf, readJudgements, type ModelJudgement, type ModelName } from './judgements';

interface CalibrationRow {
  readonly model: string;
  readonly fingerprint: string;
  readonly points: string;
  readonly rules: string;
  readonly decisions: number;
  readonly decided_at: number;
  readonly fitted_at: number;
}

const Points = Calibration.shape.points;
const Rules = Calibration.shape.rules;

/** Decisions that must have come since the last time, at least, and as a part of those it was made of. */
const LEAST_NEW = 100;
const NEW_PART = 0.25;

/** What stands in `calibrated_on` of a model whose confidence is that of the site's own decisions. */
const OF_THE_SITE = 'site';

const round = (value: number) => Math.round(value * 1000) / 1000;

function calibrationOf(row: CalibrationRow): Calibration {
  return {
    model: { id: row.model, fingerprint: row.fingerprint === '' ? null : row.fingerprint },
    decisions: row.decisions,
    points: Points.parse(JSON.parse(row.points)),
    rules: Rules.parse(JSON.parse(row.rules)),
    fitted_at: new Date(row.fitted_at).toISOString(),
  };
}

/** The site's own share of good texts for a model's confidence, in thousandths as suggestions have it. */
const calibrated = (own: number, { points }: Pick<Calibration, 'points'>) => round(confidenceOf(own, points));

/** The rules that can be kept, tested on the site's own confidence as suggestions have it: what a rule lets through is what was tested. Pure. */
export function rulesOf(judgements: readonly Judgement[], points: Calibration['points']): ConfidenceRule[] {
  const own = judgements.map((one) => ({ ...one, confidence: calibrated(one.confidence, { points }) }));
  return MOST_BAD.flatMap((most_bad) => {
    const rule = approvalRule(own, most_bad);
    return rule === null
      ? []
      : [{ most_bad, from: rule.from, decided: rule.decided, bad: rule.bad, upper: rule.upper }];
  });
}

interface NewText {
  readonly model: ModelRef;
  readonly confidence: number;
  /** The English that it was translated from; null where it is English itself. */
  readonly source: string | null;
  /** Undefined for a picture. */
  readonly video?: unknown;
}

/** What the decisions of one site say about the confidence of the models that write for it. */
export class CalibrationStore {
  /** When the newest decision was made that `refit` has looked at. */
  #lookedAt = 0;
  /** Decisions seen since they were last read, and how many must have come until a calibration can be due. */
  #unread = 0;
  #due = 1;

  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly now: () => number = Date.now,
  ) {}

  list(): Calibration[] {
    return this.#rows().map(calibrationOf);
  }

  /** Null where there are not enough decisions yet. */
  of(model: Pick<ModelRef, 'id' | 'fingerprint'>): Calibration | null {
    const { id, fingerprint } = nameOf(model);
    const row = this.#rows().find((one) => one.model === id && one.fingerprint === fingerprint);
    return row === undefined ? null : calibrationOf(row);
  }

  /** How sure a model is of a new text, by the decisions where there are enough: they are about English texts of pictures. */
  surenessOf({ model, confidence, source, video }: NewText): {
    readonly model: ModelRef;
    readonly confidence: number;
    /** The model's own confidence; null where it is the same. */
    readonly own: number | null;
  } {
    const calibration = source === null && video === undefined ? this.of(model) : null;
    if (calibration === null) return { model, confidence, own: null };
    const measured = { ...model, calibrated: true, calibrated_on: OF_THE_SITE };
    return { model: measured, confidence: calibrated(confidence, calibration), own: confidence };
  }

  /** Makes those anew for which enough decisions have come; true where there were any. */
  refit(): boolean {
    // The index tells, without a look at a text, that nothing has come.
    const { count, newest } = this.#newDecisions();
    if (newest === null) return false;
    this.#lookedAt = newest;
    this.#unread += count;
    if (this.#unread < this.#due) return false;
    this.#unread = 0;
    this.#due = LEAST_JUDGEMENTS;
    const rows = this.#rows();
    const all = readJudgements(this.storage, this.siteId);
    const names = new Map(all.map(({ model }) => [JSON.stringify(model), model]));
    let isNew = false;
    for (const name of names.values()) {
      const { id, fingerprint } = name;
      const row = rows.find((one) => one.model === id && one.fingerprint === fingerprint);
      const own = all.filter(({ model }) => model.id === id && model.fingerprint === fingerprint);
      const fresh = own.filter(({ decidedAt }) => decidedAt > (row?.decided_at ?? 0)).length;
      const enough = row === undefined ? 1 : Math.max(LEAST_NEW, row.decisions * NEW_PART);
      if (own.length >= LEAST_JUDGEMENTS && fresh >= enough) {
        this.#keep(name, own);
        isNew = true;
        this.#due = Math.min(this.#due, LEAST_NEW);
      } else {
        const missing = Math.max(LEAST_JUDGEMENTS - own.length, enough - fresh);
        this.#due = Math.max(1, Math.min(this.#due, missing));
      }
    }
    return isNew;
  }

  #keep({ id, fingerprint }: ModelName, judgements: readonly ModelJudgement[]): void {
    const points = (fitCalibration(judgements) ?? []).map(([own, good]): [number, number] => [own, good]);
    this.storage
      .prepare(
        `INSERT INTO calibrations (site_id, model, fingerprint, points, rules, decisions, decided_at, fitted_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (site_id, model, fingerprint) DO UPDATE SET points = excluded.points, rules = excluded.rules,
           decisions = excluded.decisions, decided_at = excluded.decided_at, fitted_at = excluded.fitted_at`,
      )
      .run(
        this.siteId,
        id,
        fingerprint,
        JSON.stringify(points),
        JSON.stringify(rulesOf(judgements, points)),
        judgements.length,
        Math.max(...judgements.map(({ decidedAt }) => decidedAt)),
        this.now(),
      );
  }

  /** How many decisions about texts that count came after the last look, and when the newest of all was made. */
  #newDecisions(): { readonly count: number; readonly newest: number | null } {
    const found = this.storage
      .prepare<[string, number], { count: number; newest: number | null }>(
        `SELECT count(*) FILTER (WHERE source IS NULL AND video IS NULL) AS count, max(decided_at) AS newest FROM suggestions
         WHERE site_id = ? AND displayed = 1 AND decision_mode IS NULL AND decided_at > ?`,
      )
      .get(this.siteId, this.#lookedAt);
    return found ?? { count: 0, newest: null };
  }

  #rows(): CalibrationRow[] {
    return this.storage
      .prepare<[string], CalibrationRow>('SELECT * FROM calibrations WHERE site_id = ? ORDER BY model, fingerprint')
      .all(this.siteId);
  }
}

const Own = z.object({ id: z.string(), fingerprint: z.string().optional() }).loose();

interface WaitingRow {
  readonly seq: number;
  readonly id: string;
  readonly confidence: number;
  readonly own_confidence: number | null;
  readonly model: string;
}

/** Rows that are looked at in one step: a few milliseconds. */
const PIECE = 100;

/** `seq` of the next ones of the site, of all its installations, in order: others' are not read, however many there are. */
function waitingAfter(storage: Storage, siteId: string, after: number): number[] {
  const index = new MatchingSuggestions(storage);
  const scopes = scopeNumbers(storage, { siteId, instance: null });
  const range = { after, descending: false, limit: PIECE };
  const all = scopes.flatMap(({ number }) => index.rows(exactTerm(number, '~spending'), range));
  return all.sort((one, other) => one - other).slice(0, PIECE);
}

/**
 * Gives waiting suggestions of a site the confidence of its calibrations, the next of them after `after`; null once none is left. Their
 * version stays: what a person sees of a text and may decide is the same.
 */
export function recalibrateWaiting(
  storage: Storage,
  siteId: string,
  { changes, after }: { readonly changes: Pick<ChangeFeed, 'append'>; readonly after: number },
): number | null {
  return storage.transaction(() => {
    const known = new CalibrationStore(storage, siteId).list();
    const waiting = waitingAfter(storage, siteId, after);
    const read = storage.prepare<[number], WaitingRow>(
      `SELECT seq, id, confidence, own_confidence, model FROM suggestions
       WHERE seq = ? AND source IS NULL AND video IS NULL`,
    );
    const rows = waiting.flatMap((seq) => read.get(seq) ?? []);
    for (const row of rows) {
      const model = Own.parse(JSON.parse(row.model));
      const calibration = known.find(({ model: { id, fingerprint } }) => {
        return id === model.id && (fingerprint ?? '') === (model.fingerprint ?? '');
      });
      const own = row.own_confidence ?? row.confidence;
      if (calibration === undefined) continue;
      const confidence = calibrated(own, calibration);
      if (row.own_confidence !== null && round(row.confidence) === confidence) continue;
      const now = JSON.stringify({ ...model, calibrated: true, calibrated_on: OF_THE_SITE });
      storage
        .prepare('UPDATE suggestions SET confidence = ?, own_confidence = ?, model = ?, updated_at = ? WHERE seq = ?')
        .run(confidence, own, now, Date.now(), row.seq);
      changes.append(siteId, { type: 'suggestion.recalibrated', suggestionId: row.id });
    }
    return waiting.at(-1) ?? null;
  });
}
