import { z } from 'zod';
import type { CaptionOptions } from '../contract/caption';

/** `starting` covers waiting and running: two clients take anything else for finished. */
export type PredictionState = 'starting' | 'succeeded' | 'failed' | 'canceled';

export interface Prediction {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  /** What the client sent, without the picture. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly state: PredictionState;
  readonly output: string | null;
  /** A code of the error catalogue. */
  readonly errorCode: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}

export interface NewPrediction {
  readonly model: string;
  readonly version: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly imageSha256: string;
  readonly options: CaptionOptions;
  /** Where its end is told. */
  readonly webhook?: { readonly url: string; readonly secret: string | null };
}

export interface PredictionRow {
  readonly id: string;
  readonly site_id: string;
  readonly model: string;
  readonly version: string;
  readonly image_sha256: string;
  readonly input: string;
  readonly state: PredictionState;
  readonly output: string | null;
  readonly error_code: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly completed_at: number | null;
}

const Input = z.record(z.string(), z.unknown());

export function predictionOf(row: PredictionRow): Prediction {
  return {
    id: row.id,
    model: row.model,
    version: row.version,
    input: Input.parse(JSON.parse(row.input)),
    state: row.state,
    output: row.output,
    errorCode: row.error_code,
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  };
}
