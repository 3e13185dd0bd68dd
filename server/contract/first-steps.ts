import { z } from 'zod';

/** What a new owner does first, in this order, and what of it is done. */
export const FirstSteps = z.object({
  /** An installation of a CMS has spoken. */
  connect: z.boolean(),
  /** There is, or was, a suggestion. */
  try: z.boolean(),
  /** There was a run over existing images. */
  existing: z.boolean(),
});
export type FirstSteps = z.infer<typeof FirstSteps>;
