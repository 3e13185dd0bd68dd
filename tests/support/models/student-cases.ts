import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const STUDENTS = path.resolve(__dirname, '../../fixtures/student-oracle');

export interface StudentReference {
  readonly engine: string;
  readonly models: Readonly<Record<string, readonly { readonly text: string; readonly translation: string }[]>>;
}

export function readStudentReference(): StudentReference {
  return JSON.parse(readFileSync(path.join(STUDENTS, 'reference.json'), 'utf8'));
}

/** Writes the files of a student as they are published. The one in 8 bits has the words of the one that it was made of. */
export function writeStudent(folder: string, name: string): void {
  cpSync(path.join(STUDENTS, name), folder, { recursive: true });
  const hasWords = readdirSync(folder).some((file) => /vocab/.test(file));
  if (!hasWords) cpSync(path.join(STUDENTS, 'taught/vocab.ende.spm.gz'), path.join(folder, 'vocab.ende.spm.gz'));
}
