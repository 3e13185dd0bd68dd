import { z } from 'zod';
import { AppError } from '../../../errors';

/** The caption stands once in each property, so these bound the answer. */
const MOST_PROPERTIES = 32;
const LONGEST_NAME = 64;

const Text = z.looseObject({ type: z.literal('text') });
const JsonSchema = z.looseObject({
  type: z.literal('json_schema'),
  json_schema: z.looseObject({
    schema: z.looseObject({
      properties: z.record(z.string(), z.looseObject({ type: z.literal('string') })),
    }),
  }),
});

/**
 * Turns a caption into the content that was asked for. A schema whose properties are all strings gets the caption in
 * each of them, at most 32 with names of 64 characters; anything else cannot be filled by a captioner. Throws PARAMETER_UNSUPPORTED.
 */
export function jsonContent(format: unknown): (text: string) => string {
  if (format === undefined || format === null || Text.safeParse(format).success) return (text) => text;
  const parsed = JsonSchema.safeParse(format);
  if (!parsed.success) throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'response_format' });
  const names = Object.keys(parsed.data.json_schema.schema.properties);
  if (names.length > MOST_PROPERTIES || names.some((name) => name.length > LONGEST_NAME))
    throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'response_format.json_schema.schema.properties' });
  return (text) => JSON.stringify(Object.fromEntries(names.map((name) => [name, text])));
}
