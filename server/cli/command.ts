import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Words on the command line that make no sense; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type OptionSpec = NonNullable<ParseArgsConfig['options']>;

export interface Words {
  readonly positionals: readonly string[];
  /** The text of an option; undefined when it was not given. */
  readonly text: (name: string) => string | undefined;
  /** All texts of an option that may be given again. */
  readonly texts: (name: string) => readonly string[];
  /** The number that an option gives; NaN when its text is none, undefined when it was not given. */
  readonly number: (name: string) => number | undefined;
  readonly isSet: (name: string) => boolean;
}

export interface CommandSpec {
  readonly help: string;
  /** Options beside --help and --json. */
  readonly options?: OptionSpec;
  readonly work: (words: Words, say: Say) => Promise<number> | number;
}

/** Prints an answer: as one JSON value with --json, else as lines for a person. */
export type Say = (json: unknown, lines: readonly string[]) => void;

/** The frame of a small command: --help, --json, and exit code 2 with the help for words that make no sense. */
export async function runCommand(spec: CommandSpec, args: string[]): Promise<number> {
  try {
    const words = readWords(spec.options ?? {}, args);
    if (words.isSet('help')) {
      process.stdout.write(spec.help);
      return 0;
    }
    const say: Say = (json, lines) => {
      process.stdout.write(
        words.isSet('json') ? `${JSON.stringify(json)}\n` : lines.map((line) => `${line}\n`).join(''),
      );
    };
    return await spec.work(words, say);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${spec.help}`);
    return 2;
  }
}

function readWords(options: OptionSpec, args: string[]): Words {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
    });
    const given = new Map<string, unknown>(Object.entries(values));
    const text = (name: string) => {
      const value = given.get(name);
      return typeof value === 'string' ? value : undefined;
    };
    return {
      positionals,
      text,
      texts: (name) => {
        const value = given.get(name);
        return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
      },
      number: (name) => {
        const value = text(name);
        return value === undefined ? undefined : decimalOf(value);
      },
      isSet: (name) => given.get(name) === true,
    };
  } catch (error) {
    // Node goes on to explain how a text that begins with a dash is given.
    throw new UsageError(
      error instanceof Error ? error.message.replace(/(?<=\.) To specify [^]*$/, '') : String(error),
    );
  }
}

/** Throws UsageError where there are more than `most` words beside the options. */
export function refuseMoreThan(most: number, { positionals }: Words): void {
  const extra = positionals.slice(most);
  if (extra.length > 0) throw new UsageError(`This command takes no "${extra.join(' ')}".`);
}

/** A number in decimal digits; NaN for any other text, also for a blank one. */
export function decimalOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}
