import { z } from 'zod';

/** The texts Altsmith can suggest for one image, and the text alternative of a video. */
export const FIELD_NAMES = [
  'alt_text',
  'title',
  'caption',
  'description',
  'keywords',
  'file_name',
  'text_alternative',
] as const;
export const FieldName = z.enum(FIELD_NAMES);
export type FieldName = z.infer<typeof FieldName>;

/** Suggested texts. A field that was not asked for, or that the model has nothing to say about, is null. */
export const Fields = z.object({
  alt_text: z.string(),
  title: z.string().nullable(),
  caption: z.string().nullable(),
  description: z.string().nullable(),
  keywords: z.array(z.string()).nullable(),
  file_name: z.string().nullable(),
  /** Of a video: what is seen when, one scene a line. Absent for a picture. */
  text_alternative: z.string().nullable().exactOptional(),
});
export type Fields = z.infer<typeof Fields>;

/** The texts a person may set while deciding. Longest value stored: 10,000 characters. */
const text = z.string().max(10_000);
export const FieldValues = z.strictObject({
  alt_text: text.optional(),
  title: text.optional(),
  caption: text.optional(),
  description: text.optional(),
  keywords: z.array(z.string().max(100)).max(50).optional(),
  file_name: z.string().max(255).optional(),
  text_alternative: text.optional(),
});
export type FieldValues = z.infer<typeof FieldValues>;

/** Reasons why a person should look twice. A flag never hides a suggestion. */
export const FLAG_CODES = [
  'linked',
  'text_in_image',
  'text_partly_read',
  'chart_like',
  'screenshot',
  'logo_or_icon',
  'tiny',
  'near_uniform',
  'low_confidence',
  'repetitive',
  'too_short',
  'duplicate_text',
  'existing_human_text',
  'possibly_decorative',
  'not_translated',
  'untranslated',
  'number_lost',
  'wrong_script',
  'wrong_length',
  'unknown_words',
  'cut',
  'broken_punctuation',
  'gender',
  'unsure_word',
  'glossary',
] as const;
export const FlagCode = z.enum(FLAG_CODES);
export type FlagCode = z.infer<typeof FlagCode>;

export const Flag = z.object({ code: FlagCode, message: z.string() });
export type Flag = z.infer<typeof Flag>;
