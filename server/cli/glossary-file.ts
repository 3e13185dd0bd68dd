import { readFileSync } from 'node:fs';
import { Glossary } from '../contract/glossary';
import { UsageError } from './command';

/** Reads a file with the words of a site: a JSON list as `PUT /v1/site` takes it. Throws UsageError. */
export function readGlossaryFile(file: string): Glossary {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${file} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const parsed = Glossary.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))).join(', ');
  throw new UsageError(
    `${file} is no glossary: ${where === undefined || where === '' ? '' : `${where}: `}${issue?.message ?? ''}`,
  );
}
