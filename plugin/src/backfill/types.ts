/** Why images were skipped, and how many. */
export interface Reason {
  readonly reason: string;
  readonly label: string;
  readonly count: number;
}

/** Which images a run takes. */
export interface Choices {
  readonly overwrite: boolean;
  readonly include_decided: boolean;
  /** 0 for all. */
  readonly limit: number;
  /** Days of upload as YYYY-MM-DD, or ''. */
  readonly from: string;
  readonly to: string;
  readonly used: 'any' | 'content' | 'featured' | 'products';
  /** A run is about images or about videos. */
  readonly kind: 'image' | 'video';
}

/** Every image without a text. */
export const ALL_IMAGES: Choices = {
  overwrite: false,
  include_decided: false,
  limit: 0,
  from: '',
  to: '',
  used: 'any',
  kind: 'image',
};

/** A run as `GET /backfill` describes it. */
export interface Run {
  readonly id: string;
  readonly state: 'running' | 'paused' | 'done' | 'cancelled' | 'undone';
  readonly choices: Choices;
  readonly expected: number;
  readonly waiting: number;
  readonly working: number;
  readonly ended: number;
  readonly suggested: number;
  readonly failed: number;
  readonly applied: number;
  readonly skipped: readonly Reason[];
  readonly seconds_left: number | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly csv_url: string;
}

/** Answer of our `GET backfill`. */
export interface Backfill {
  readonly counts: {
    readonly total: number;
    readonly with_text: number;
    readonly missing: number;
    readonly decorative: number;
    readonly pending: number;
  };
  readonly preview: {
    /** Whether every post has been read for the list of places. */
    readonly index_ready: boolean;
    readonly taken: number;
    readonly skipped: readonly Reason[];
  };
  readonly run: Run | null;
  readonly history: readonly Run[];
}

export type RunAction = 'start' | 'pause' | 'resume' | 'cancel' | 'undo';
