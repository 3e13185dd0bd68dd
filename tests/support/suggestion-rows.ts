import { SuggestionStore } from '../../server/review/suggestion-store';
import { ChangeFeed } from '../../server/review/change-feed';
import { ChangeSignal } from '../../server/review/change-signal';
import { JobStore } from '../../server/queue/job-store';
import { RunStore } from '../../server/review/run-store';
import { openDatabase, type Storage } from '../../server/storage/database';
import { migrate } from '../../server/storage/migrate';
import { SiteStore } from '../../server/sites/site-store';
import type { FieldValues } from '../../server/contract/fields';
import type { ModelRef } from '../../server/contract/primitives';
import type { Suggestion } from '../../server/contract/suggestion';

const NO_ENDS = { failed: () => undefined, cancelled: () => undefined };

/** An empty database of this version. */
export function freshDatabase(file = ':memory:'): Storage {
  const storage = openDatabase(file);
  migrate(storage);
  return storage;
}

export interface Wish {
  readonly subject?: string;
  readonly altText: string;
  readonly confidence?: number;
  readonly flags?: readonly ('low_confidence' | 'tiny' | 'text_in_image')[];
  readonly runId?: string | null;
  readonly instance?: number;
  readonly fileName?: string;
  readonly current?: FieldValues;
  readonly model?: ModelRef;
}

/** One site of a database, with its stores, as far as jobs and suggestions go. */
export function siteOf(storage: Storage, name = 'site') {
  return siteStores(storage, new SiteStore(storage).create(name).id);
}

/** The same of a site that is there. */
export function siteStores(storage: Storage, id: string) {
  const jobs = new JobStore(storage, id, { ends: NO_ENDS, now: Date.now, seen: null });
  const suggestions = new SuggestionStore(storage, id, new ChangeFeed(storage, new ChangeSignal()), null);
  const runs = new RunStore(storage, id, null);
  let number = 0;
  const suggest = (wish: Wish): Suggestion => {
    number += 1;
    const imageSha256 = number.toString(16).padStart(64, '0');
    const subject = { type: 'attachment', id: wish.subject ?? `s${number}` };
    const common = {
      instance: wish.instance ?? 0,
      subject,
      imageSha256,
      sourceSha256: imageSha256,
      language: 'en',
    };
    const work = { fields: null, context: null, locale: null, current: null };
    const job = jobs.add({ ...common, runId: wish.runId ?? null, modelId: 'mini', priority: 'backfill', work });
    const jobSeq = Number(storage.db.prepare('SELECT seq FROM jobs WHERE id = ?').pluck().get(job.id));
    return suggestions.create({
      ...common,
      jobId: job.id,
      jobSeq,
      fields: {
        alt_text: wish.altText,
        title: null,
        caption: null,
        description: null,
        keywords: null,
        file_name: null,
      },
      alternatives: [],
      confidence: wish.confidence ?? 0.5,
      flags: (wish.flags ?? []).map((code) => ({ code, message: code })),
      model: wish.model ?? { id: 'mini', precision: 'int8', demonstration: true, calibrated: true },
      current: wish.current ?? {},
      source: null,
      translator: null,
      awaitsTranslation: false,
      fileName: wish.fileName,
    });
  };
  return { id, jobs, suggestions, runs, suggest };
}
