import { z } from 'zod';
import { Timestamp } from './primitives';

const share = z.number().min(0).max(1);

/** Shares of bad texts that a rule can promise. */
export const MOST_BAD = [0.01, 0.02, 0.05, 0.1] as const;

/** From which confidence on a rule keeps its promise, as far as the decisions tell. */
export const ConfidenceRule = z.object({
  most_bad: share,
  /** Confidence as suggestions have it. */
  from: share,
  /** Decisions from there on, and how many of the texts were bad: rejected, or changed. */
  decided: z.number().int().nonnegative(),
  bad: z.number().int().nonnegative(),
  upper: share.describe('Upper 95 % bound of the share of bad ones (Clopper and Pearson, one-sided).'),
});
export type ConfidenceRule = z.infer<typeof ConfidenceRule>;

/** What the decisions of a site say about the confidence of one model; made from 200 on, of those made one by one with the picture on the screen. */
export const Calibration = z.object({
  model: z.object({ id: z.string(), fingerprint: z.string().nullable() }),
  decisions: z.number().int().nonnegative(),
  /** The model's own confidence, and the share of texts that were approved as they were; straight lines between them. */
  points: z.array(z.tuple([share, share])),
  /** Only those that a confidence keeps. */
  rules: z.array(ConfidenceRule),
  fitted_at: Timestamp,
});
export type Calibration = z.infer<typeof Calibration>;
