import type { ModelInfo } from '../../models/captioner';
import type { Storage } from '../storage/database';
import { StoredResult, type CaptionResult } from './engine-result';
import { READING_RULES, SUGGESTION_SETTINGS } from './settings';

const SETTINGS = JSON.stringify({ ...SUGGESTION_SETTINGS, rules: READING_RULES });

/** Two results of the same name are the same words. */
export function modelKey({ id, precision }: Pick<ModelInfo, 'id' | 'precision'>): string {
  return `${id}:${precision}`;
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
      .prepare<[string, string, string, string], { result: string }>(
        'SELECT result FROM results WHERE site_id = ? AND image_sha256 = ? AND model = ? AND settings = ?',
      )
      .get(this.siteId, imageSha256, model, SETTINGS);
    if (row === undefined) return null;
    return StoredResult.safeParse(JSON.parse(row.result)).data ?? null;
  }

  /** The image is erased. */
  forget(imageSha256: string): void {
    this.storage.prepare('DELETE FROM results WHERE site_id = ? AND image_sha256 = ?').run(this.siteId, imageSha256);
  }

  has(imageSha256: string, model: string): boolean {
    return this.get(imageSha256, model) !== null;
  }

  /** Inside the finishing transaction. Tokens are left out: the texts are made from the words alone. */
  put(imageSha256: string, result: CaptionResult): void {
    const { model, image, caption, readings, timingsMs } = result;
    const [best, ...others] = caption.candidates.map((one) => ({ ...one, tokens: [], logProbs: [] }));
    if (best === undefined) return;
    const kept: StoredResult = {
      model: { ...model },
      image: { ...image },
      caption: { ...caption, candidates: [best, ...others], labels: [...caption.labels] },
      readings,
      timingsMs,
    };
    this.storage
      .prepare(
        `INSERT INTO results (site_id, image_sha256, model, settings, result, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(this.siteId, imageSha256, modelKey(model), SETTINGS, JSON.stringify(kept), Date.now());
  }
}
