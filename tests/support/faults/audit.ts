import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, type Storage } from '../../../server/storage/database';
import type { Ledger } from './clients';

/** What a data folder says after a storm, beside the sentences about what is wrong with it. */
export interface Audit {
  readonly broken: string[];
  readonly acknowledged: number;
  readonly jobs: number;
  readonly suggestions: number;
  /** Claims in all; more than jobs, since a killed worker's job is handed out again. */
  readonly attempts: number;
  readonly interruptions: number;
  readonly most_attempts: number;
  readonly integrity_check: string;
}

interface JobRow {
  readonly id: string;
  readonly subject_id: string;
  readonly image_sha256: string;
  readonly state: string;
  readonly error_code: string | null;
  readonly attempts: number;
  readonly interruptions: number;
  readonly suggestions: number;
  readonly told: number;
}

const JOBS = `SELECT id, subject_id, image_sha256, state, error_code, attempts, interruptions,
  (SELECT count(*) FROM suggestions WHERE suggestions.job_id = jobs.id AND suggestions.id = jobs.suggestion_id
    AND suggestions.subject_id = jobs.subject_id AND suggestions.image_sha256 = jobs.image_sha256) AS suggestions,
  (SELECT count(*) FROM changes WHERE changes.suggestion_id = jobs.suggestion_id
    AND changes.type = 'suggestion.created') AS told
  FROM jobs`;

function aboutJob(job: JobRow, ledger: Ledger): string[] {
  const { id, subject_id, state, error_code, suggestions, told } = job;
  const broken: string[] = [];
  if (state !== 'done') broken.push(`job ${id} ended as ${state} ${error_code ?? ''}`);
  if (suggestions !== 1) broken.push(`job ${id} has ${suggestions} suggestions`);
  if (told !== 1) broken.push(`the feed tells ${told} times of job ${id}`);
  if (job.image_sha256 !== ledger.pictures.get(subject_id)) broken.push(`job ${id} is for another picture`);
  return broken;
}

function aboutSubjects(jobs: readonly JobRow[], ledger: Ledger): string[] {
  const bySubject = new Map<string, string[]>();
  for (const { id, subject_id } of jobs) bySubject.set(subject_id, [...(bySubject.get(subject_id) ?? []), id]);
  const broken = [...bySubject].filter(([, ids]) => ids.length !== 1).map(([one]) => `subject ${one} has several jobs`);
  for (const [subject, id] of ledger.acknowledged) {
    if (bySubject.get(subject)?.includes(id) !== true) broken.push(`the acknowledged job ${id} is not there`);
  }
  return broken;
}

/** What a check finds first; `ok` when it finds nothing. */
function pragma(storage: Storage, name: string): string {
  const found: unknown = storage.db.pragma(name, { simple: true });
  if (found === undefined) return 'ok';
  return typeof found === 'string' ? found : JSON.stringify(found);
}

/** Reads the data folder of a stopped sidecar and compares it with what the clients were told. */
export function audit(dataDir: string, ledger: Ledger): Audit {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  try {
    const jobs = storage.db.prepare<[], JobRow>(JOBS).all();
    const suggestions = storage.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM suggestions').get()?.n ?? 0;
    const integrity = pragma(storage, 'integrity_check');
    const left = existsSync(path.join(dataDir, 'tmp')) ? readdirSync(path.join(dataDir, 'tmp')) : [];
    const broken = [...ledger.broken, ...jobs.flatMap((job) => aboutJob(job, ledger)), ...aboutSubjects(jobs, ledger)];
    if (integrity !== 'ok') broken.push(`integrity_check: ${integrity}`);
    if (pragma(storage, 'foreign_key_check') !== 'ok') broken.push('a row refers to another that is not there');
    if (suggestions !== jobs.length) broken.push(`${suggestions} suggestions for ${jobs.length} jobs`);
    if (left.length > 0) broken.push(`temporary files are left: ${left.join(' ')}`);
    const sum = (of: (job: JobRow) => number) => jobs.reduce((total, job) => total + of(job), 0);
    return {
      broken,
      acknowledged: ledger.acknowledged.size,
      jobs: jobs.length,
      suggestions,
      attempts: sum((job) => job.attempts),
      interruptions: sum((job) => job.interruptions),
      most_attempts: Math.max(0, ...jobs.map((job) => job.attempts)),
      integrity_check: integrity,
    };
  } finally {
    storage.close();
  }
}
