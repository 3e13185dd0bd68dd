import { z } from 'zod';

/** Lower-case hexadecimal sha256 of the image's bytes, exactly as they were sent. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');

/** An opaque identifier made by the sidecar, such as `job_…` or `sug_…`. */
export const Id = z.string().min(1).max(64);

/** RFC 3339 in UTC, with milliseconds. */
export const Timestamp = z.iso.datetime();

/** A BCP 47 language tag such as `en` or `pt-BR`; WordPress's underscore form is accepted. */
export const Locale = z.string().regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/);

/** The language of texts where neither the job nor the site says which. */
export const DEFAULT_LANGUAGE = 'en';

/** One page of a list; `next` is the cursor for the following page, or null on the last. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** The same, and when it was asked for, how many there are on all pages: `capped` means that there may be more. */
export function pageWithTotal<Item extends z.ZodType>(item: Item) {
  return page(item).extend({ total: z.number().int().nonnegative().optional(), capped: z.boolean().optional() });
}

/** Query parameter of lists: `total=1` counts as well. */
export const WantsTotal = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

/** What the CMS calls the thing the text is for. `id` is its own identifier, kept as a string. */
export const Subject = z.strictObject({
  type: z.string().min(1).max(40),
  id: z.string().min(1).max(191),
});
export type Subject = z.infer<typeof Subject>;

/**
 * Which model wrote a text. What a `demonstration` model wrote, or one whose confidence nobody measured (not `calibrated`), is never
 * approved automatically.
 */
export const ModelRef = z.object({
  id: z.string(),
  precision: z.string(),
  demonstration: z.boolean(),
  calibrated: z.boolean().default(false),
  /** What its confidence was measured on: `site` for the decisions of the site itself. */
  calibrated_on: z.string().max(300).exactOptional(),
  /** Stands for its weights and settings: another model of the same id has another one. Left out by remote models' servers. */
  fingerprint: z.string().max(64).exactOptional(),
});
export type ModelRef = z.infer<typeof ModelRef>;

/** Which model translated a text. `version` stands for its weights. */
export const TranslatorRef = z.object({ id: z.string(), precision: z.string(), version: z.string().nullable() });
export type TranslatorRef = z.infer<typeof TranslatorRef>;
