import { createHash } from 'node:crypto';
import type { ModelInfo } from '../../models/captioner';
import type { Storage } from '../storage/database';
import { StoredResult, type CaptionResult } from './engine-result';
import { decodeResult, encodeResult } from './result-code';
import { READING_RULES, SUGGESTION_SETTINGS } from './settings';

/** Names the settings that a result was made with. */
export const RESULT_SETTINGS = createHash('sha256')
  .update(JSON.stringify({ ...SUGGESTION_SETTINGS, rules: READING_RULES }))
  .digest('hex')
  .slice(0, 8);

/** Two results of the same name are the same words. The id alone is not: fine-tunes that were converted one after the other share it. */
export function modelKey({
  id,
  precision,
  fingerprint,
}: Pick<ModelInfo, 'id' | 'fingerprint'> & { readonly precision: string }): string {
  return [id, precision, ...(fingerprint === undefined ? [] : [fingerprint])].join(':');
}

/** What models said about the images of one site. */
export class ResultStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
  ) {}

  /** Null when this model has not seen this image, or an older version wrote what cannot be read any more. */
  get(imageSha256: string, model: string): CaptionResult | null {
    const row = this.storage
      .prepare<[string, Buffer, string, string], { result: Buffer }>(
        'SELECT result FROM results WHERE site_id = ? AND image_sha256 = ? AND model = ? AND settings = ?',
      )
      .get(this.siteId, Buffer.from(imageSha256, 'hex'), model, RESULT_SETTINGS);
    if (row === undefined) return null;
    return StoredResult.safeParse(decodeResult(row.result)).data ?? null;
  }

  /** The image is erased. */
  forget(imageSha256: string): void {
    this.storage
      .prepare('DELETE FROM results WHERE site_id = ? AND image_sha256 = ?')
      .run(this.siteId, Buffer.from(imageSha256, 'hex'));
  }

  has(imageSha256: string, model: string): boolean {
    return this.get(imageSha256, model) !== null;
  }

  /** Inside the finishing transaction. Tokens are left out: the texts are made from the words alone. */
  put(imageSha256: string, result: CaptionResult): void {
    const { model, image, caption, readings, words, timingsMs } = result;
    const [best, ...others] = caption.candidates.map((one) => ({ ...one, tokens: [], logProbs: [] }));
    if (best === undefined) return;
    const kept: StoredResult = {
      model: { ...model },
      image: { ...image },
      caption: {
        ...caption,
        candidates: [best, ...others],
        labels: [...caption.labels],
        timingsMs: wholeMs(caption.timingsMs),
      },
      readings,
      ...(words === undefined ? {} : { words }),
      timingsMs: wholeMs(timingsMs),
    };
    this.storage
      .prepare(
        `INSERT INTO results (site_id, image_sha256, model, settings, result, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(
        this.siteId,
        Buffer.from(imageSha256, 'hex'),
        modelKey(model),
        RESULT_SETTINGS,
        encodeResult(kept),
        Date.now(),
      );
  }
}

/** Nobody needs more digits, and they do not compress. */
function wholeMs<Name extends string>(timings: Readonly<Record<Name, number>>): Record<Name, number>;
function wholeMs(timings: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(timings).map(([name, ms]) => [name, Math.round(ms)]));
}

/**
 * Forgets results that are older than `keptMs`, of all sites, `limit` at most. Returns how many: fewer when that was all. Times
 * to come are those of a clock that was ahead, and count as old: a result can be made again.
 */
export function forgetResults(storage: Storage, keptMs: number, limit: number): number {
  const now = Date.now();
  const first = storage
    .prepare<[number], { seq: number; created_at: number }>('SELECT seq, created_at FROM results ORDER BY seq LIMIT ?')
    .all(limit);
  // Numbers grow with the time, so that no index of the time is needed.
  const kept = first.findIndex((row) => row.created_at >= now - keptMs && row.created_at <= now);
  const old = kept === -1 ? first : first.slice(0, kept);
  const last = old.at(-1);
  if (last !== undefined) storage.prepare('DELETE FROM results WHERE seq <= ?').run(last.seq);
  return old.length;
}
