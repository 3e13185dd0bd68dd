import { z } from 'zod';
import { Subject } from '../contract/primitives';
import { MonthlyList } from '../storage/monthly-list';

const OfInstance = {
  at: z.number(),
  site_id: z.string(),
  instance: z.number(),
  /** The newest job at that time, and the life of the database that counts it so. */
  last_job: z.number().optional(),
  epoch: z.string().optional(),
};
/** One erasure: ids and hashes, nothing of what was erased. */
export const Erasure = z.discriminatedUnion('kind', [
  z.object({ ...OfInstance, kind: z.literal('subject'), subject: Subject }),
  z.object({ ...OfInstance, kind: z.literal('image'), sha256: z.string() }),
  z.object({ at: z.number(), site_id: z.string(), kind: z.literal('site') }),
]);
export type Erasure = z.infer<typeof Erasure>;

export type ErasureList = MonthlyList<Erasure>;

/** What was erased, so that restoring an older backup does not bring it back: noted first, erased afterwards. */
export function erasureList(folder: string): ErasureList {
  return new MonthlyList({ name: 'erasures', entry: Erasure }, folder);
}
