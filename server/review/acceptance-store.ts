import { z } from 'zod';
import { AcceptanceTask, RejectionReason, type Acceptance } from '../contract/acceptance';
import type { Suggestion } from '../contract/suggestion';
import type { Storage } from '../storage/database';
import { authorOf, CountedDecision, type Author } from './acceptance';
import { AcceptanceWatch, LEAST_DECISIONS, type Verdict } from './acceptance-watch';

interface AcceptanceRow {
  readonly site_id: string;
  readonly task: string;
  readonly model: string;
  readonly fingerprint: string;
  readonly untouched: number;
  readonly edited: number;
  readonly rejected: number;
  readonly decorative: number;
  readonly edits: number;
  readonly reasons: string;
  readonly open_ms: number;
  readonly timed: number;
  readonly recent: string;
  readonly first_at: number;
  readonly last_at: number;
}

/** Latest decisions that the watch looks at: those before, which it compares with, and those that may be a drop. */
const MOST_RECENT = 3 * LEAST_DECISIONS;
const MOST_REMEMBERED = 10_000;
const [GOOD, BAD, OTHER_MODEL] = ['+', '-', '|'];

const Reasons = z.partialRecord(RejectionReason, z.number());
const signOf = ({ outcome }: CountedDecision) => (outcome === 'decorative' ? '' : outcome === 'untouched' ? GOOD : BAD);

/** What people did with the texts of models, in sums by site and model. */
export class AcceptanceStore {
  /** By model: the decisions that a verdict was made of. */
  readonly #verdicts = new Map<string, { readonly recent: string; readonly verdict: Verdict }>();

  constructor(
    private readonly storage: Storage,
    /** Sums of a model that nobody has judged for so long are forgotten. */
    private readonly keepMs = Infinity,
  ) {}

  /** Inside the transaction of the decision: counts it in place of what was counted of the suggestion before. Null counts nothing. */
  decided(siteId: string, suggestion: Suggestion, counted: CountedDecision | null): void {
    const before = this.storage
      .prepare<[string], string | null>('SELECT counted FROM suggestions WHERE id = ?')
      .pluck()
      .get(suggestion.id);
    if (before == null && counted === null) return;
    const author = authorOf(suggestion);
    if (before != null) this.#count(siteId, author, CountedDecision.parse(JSON.parse(before)), -1);
    if (counted !== null) this.#count(siteId, author, counted, 1);
    this.storage
      .prepare('UPDATE suggestions SET counted = ? WHERE id = ?')
      .run(counted === null ? null : JSON.stringify(counted), suggestion.id);
  }

  /** Of one site, or of all; the model that was judged last comes first. */
  list(siteId: string | null): Acceptance[] {
    const rows = this.storage
      .prepare<{ siteId: string | null }, AcceptanceRow>(
        'SELECT * FROM acceptances WHERE :siteId IS NULL OR site_id = :siteId ORDER BY site_id, last_at DESC',
      )
      .all({ siteId });
    if (this.#verdicts.size > MOST_REMEMBERED) this.#verdicts.clear();
    return rows.map((row) => acceptanceOf(row, this.#verdictOf(row, recentOf(row, rows))));
  }

  #verdictOf({ site_id, task, model, fingerprint }: AcceptanceRow, recent: string): Verdict {
    const key = JSON.stringify([site_id, task, model, fingerprint]);
    const known = this.#verdicts.get(key);
    if (known?.recent === recent) return known.verdict;
    const watch = new AcceptanceWatch();
    for (const sign of recent) {
      if (sign === OTHER_MODEL) watch.otherModel();
      else watch.add(sign === GOOD);
    }
    const verdict = watch.verdict();
    this.#verdicts.set(key, { recent, verdict });
    return verdict;
  }

  /** One step of the pruning, which does all of it: false. */
  forgetOld(now: number): boolean {
    this.storage.unflushed(() => {
      this.storage.prepare('DELETE FROM acceptances WHERE last_at < ?').run(now - this.keepMs);
    });
    return false;
  }

  #count(siteId: string, author: Author, counted: CountedDecision, by: 1 | -1): void {
    const key = { siteId, ...author };
    const at = Date.now();
    if (by === 1) {
      this.storage
        .prepare(
          `INSERT INTO acceptances (site_id, task, model, fingerprint, first_at, last_at)
           VALUES (:siteId, :task, :model, :fingerprint, :at, :at) ON CONFLICT DO UPDATE SET last_at = excluded.last_at`,
        )
        .run({ ...key, at });
    }
    const row = this.storage
      .prepare<object, AcceptanceRow>(
        `SELECT * FROM acceptances
         WHERE site_id = :siteId AND task = :task AND model = :model AND fingerprint = :fingerprint`,
      )
      .get(key);
    // Its sums have ended meanwhile.
    if (row === undefined) return;
    const { outcome, edit = 0, reason, open_ms: openMs } = counted;
    const reasons = Reasons.parse(JSON.parse(row.reasons));
    if (reason !== undefined) reasons[reason] = Math.max(0, (reasons[reason] ?? 0) + by);
    const sign = signOf(counted);
    this.storage
      .prepare(
        `UPDATE acceptances SET
           untouched = max(0, untouched + :untouched), edited = max(0, edited + :edited), rejected = max(0, rejected + :rejected),
           decorative = max(0, decorative + :decorative), edits = max(0.0, edits + :edit), reasons = :reasons,
           open_ms = max(0, open_ms + :openMs), timed = max(0, timed + :timed), recent = :recent
         WHERE site_id = :siteId AND task = :task AND model = :model AND fingerprint = :fingerprint`,
      )
      .run({
        ...key,
        ...{ untouched: 0, edited: 0, rejected: 0, decorative: 0, [outcome]: by },
        edit: by * edit,
        reasons: JSON.stringify(reasons),
        openMs: by * (openMs ?? 0),
        timed: openMs === undefined ? 0 : by,
        recent: by === 1 ? (row.recent + sign).slice(-MOST_RECENT) : without(row.recent, sign),
      });
  }
}

/** What is taken back was said lately: the latest one like it goes. */
function without(recent: string, sign: string): string {
  const at = sign === '' ? -1 : recent.lastIndexOf(sign);
  return at === -1 ? recent : recent.slice(0, at) + recent.slice(at + 1);
}

/** A model of which there are few decisions yet is compared with the one that did the same work on the site before. */
function recentOf(row: AcceptanceRow, all: readonly AcceptanceRow[]): string {
  if (row.recent.length >= LEAST_DECISIONS) return row.recent;
  const earlier = all
    .filter(({ site_id, task, first_at }) => site_id === row.site_id && task === row.task && first_at < row.first_at)
    .sort((one, other) => other.first_at - one.first_at);
  return earlier[0] === undefined ? row.recent : earlier[0].recent + OTHER_MODEL + row.recent;
}

function acceptanceOf(row: AcceptanceRow, trend: Verdict): Acceptance {
  const { untouched, edited, rejected, decorative } = row;
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return {
    site_id: row.site_id,
    task: AcceptanceTask.parse(row.task),
    model: { id: row.model, fingerprint: row.fingerprint === '' ? null : row.fingerprint },
    ...{ untouched, edited, rejected, decorative },
    mean_edit: edited === 0 ? null : round(Math.min(1, row.edits / edited)),
    reasons: Reasons.parse(JSON.parse(row.reasons)),
    seconds_to_decide: row.timed === 0 ? null : round(row.open_ms / row.timed / 1000),
    trend,
    first_at: new Date(row.first_at).toISOString(),
    last_at: new Date(row.last_at).toISOString(),
  };
}
