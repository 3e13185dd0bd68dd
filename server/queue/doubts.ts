import { z } from 'zod';
import { isErrorCode } from '../errors';
import type { Doubt } from './retry-policy';

const Doubts = z.array(
  z.object({
    machine: z.string(),
    process: z.string().exactOptional(),
    at: z.number(),
    code: z.string().transform((code) => (isErrorCode(code) ? code : 'INTERNAL')),
  }),
);

/** The column `doubts` of a job. */
export function readDoubts(text: string | null): readonly Doubt[] {
  return text === null ? [] : Doubts.parse(JSON.parse(text));
}
