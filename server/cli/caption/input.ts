import path from 'node:path';
import type { AppError } from '../../errors';

/** A picture to describe: what it is called in the output, and where its bytes are, or why there are none. */
export type Input = { readonly name: string } & ({ readonly file: string } | { readonly problem: AppError });

/** The input of a file's name, as it was given. */
export function fileInput(name: string): Input {
  return { name, file: path.resolve(name) };
}
