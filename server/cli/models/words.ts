import { parseArgs, type ParseArgsConfig } from 'node:util';
import { OTHER_NAME_OF_INT8, PRECISIONS } from '../../../models/locate-model';
import { UsageError } from '../command';

export const COMMON_OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

/** `parseArgs`, with wrong words as UsageError. */
export function parseWords<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export type Precision = (typeof PRECISIONS)[number];

/** Throws UsageError unless the word is a precision. */
export function precisionOf(word: string): Precision {
  if (word === OTHER_NAME_OF_INT8) return 'int8';
  const found = PRECISIONS.find((precision) => precision === word);
  if (found === undefined) throw new UsageError(`--precision is one of ${PRECISIONS.join(', ')}, not "${word}".`);
  return found;
}

/** The one positional word of a command. Throws UsageError. */
export function onlyWord(positionals: readonly string[], what: string): string {
  const [word, ...others] = positionals;
  if (word === undefined || others.length > 0) throw new UsageError(`Name ${what}, and nothing else.`);
  return word;
}
