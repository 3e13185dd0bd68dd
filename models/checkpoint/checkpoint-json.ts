import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { fileProblem, isMissing } from '../file-problem';
import { ModelError } from '../model-error';
import { foreignFile, foreignFolder } from './foreign-files';

function readJson(folder: string, name: string): unknown {
  const file = path.join(folder, name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (!isMissing(cause)) throw fileProblem(cause, file) ?? cause;
    throw (
      foreignFolder(folder) ??
      new ModelError(
        'MODEL_FILE_MISSING',
        `There is no ${name} in ${folder}; give the folder of a checkpoint as the hub lays it out.`,
        { cause },
      )
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { reason, advice } = foreignFile(text) ?? { reason: 'it is not JSON', advice: 'Download it again.' };
    throw new ModelError('MODEL_FILE_DAMAGED', `${file} cannot be read: ${reason}. ${advice}`, { cause });
  }
}

/** True where the folder has a file of that name. */
export function hasCheckpointFile(folder: string, name: string): boolean {
  return existsSync(path.join(folder, name));
}

/** A JSON file of a checkpoint. Throws ModelError when it is missing, unreadable, or not what the schema says. */
export function readCheckpointJson<T>(schema: z.ZodType<T>, folder: string, name: string, kind = 'a BLIP model'): T {
  const parsed = schema.safeParse(readJson(folder, name));
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new ModelError('MODEL_FILE_DAMAGED', `${path.join(folder, name)} is not that of ${kind} (${problem}).`);
}
