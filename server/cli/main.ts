import { fileProblem } from '../../models/file-problem';
import { ConfigError } from '../config';
import { AppError } from '../errors';
import { listenSentence } from './listen-problem';
import { ownCommand } from './own-command';

/** A command: takes the words after its name, gives the exit code. */
type Command = (args: string[]) => Promise<number>;

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<{ run: Command }>;
}

/** Every command of `altsmith`, loaded only when it is called. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  start: { summary: 'start the sidecar for a person at a terminal (npm start)', load: () => import('./start') },
  serve: { summary: 'start the sidecar', load: () => import('./serve') },
  models: { summary: 'list, pull, convert, verify and choose models', load: () => import('./models') },
  worker: { summary: 'do jobs of a sidecar on another machine', load: () => import('./worker') },
  pair: { summary: 'show a one-time code that connects WordPress', load: () => import('./pair') },
  keys: { summary: 'create, list, rotate and revoke keys', load: () => import('./keys') },
  sites: { summary: 'list and create sites', load: () => import('./sites') },
  backup: { summary: 'copy the database', load: () => import('./backup') },
  restore: { summary: 'put a backup in its place', load: () => import('./restore') },
  doctor: { summary: 'look for what is wrong with the set-up', load: () => import('./doctor') },
  erase: { summary: 'erase a picture, a subject or a site for good', load: () => import('./erase') },
  requeue: { summary: 'let failed jobs wait again', load: () => import('./requeue') },
  caption: { summary: 'describe pictures', load: () => import('./caption') },
  evaluate: {
    summary: 'compare models with the texts that people wrote for your pictures',
    load: () => import('./evaluate'),
  },
  translate: { summary: 'translate texts', load: () => import('./translate') },
  ocr: { summary: 'list and pull the languages of words in pictures', load: () => import('./ocr') },
  languages: { summary: 'list, pull and choose the languages of texts', load: () => import('./languages') },
};

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, entry]) => `  ${name.padEnd(10)} ${entry.summary}`);
  return ['Usage: altsmith <command> [options]', '', ...lines, '', '"altsmith <command> --help" tells more.', ''].join(
    '\n',
  );
}

/** Exit code of one call of `altsmith`: 0 only if all went well, 2 for wrong words, 78 for wrong settings. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`There is no command "${name}".\n\n${usage()}`);
    return 2;
  }
  try {
    const { run } = await command.load();
    return await run(rest);
  } catch (error) {
    return report(error);
  }
}

/** What a disk lacks, in numbers. */
function roomIn({ details }: AppError): string {
  const { needed_bytes: needed, free_bytes: free } = details;
  if (typeof needed !== 'number' || typeof free !== 'number') return '';
  return ` ${needed.toLocaleString('en')} bytes are needed, ${free.toLocaleString('en')} are free.`;
}

/** Which data folder it is about, or where one was looked for; or what the file system refused. */
function placeIn({ code, cause, details: { data_dir: place } }: AppError): string {
  const refused = code === 'STORAGE_UNAVAILABLE' ? fileProblem(cause) : null;
  if (refused !== null) return ` ${refused.message} Another data folder is named with ALTSMITH_DATA_DIR.`;
  if (typeof place !== 'string') return '';
  return code === 'DATA_DIR_MISSING' ? ` Looked for: ${place}` : ` Data folder: ${place}`;
}

function report(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return 78;
  }
  if (error instanceof AppError) {
    const more = error.status === 503 ? ` "${ownCommand()} doctor" looks at the whole set-up.` : '';
    process.stderr.write(`${error.sentence} (${error.code})${roomIn(error)}${placeIn(error)}${more}\n`);
    return 1;
  }
  const listening = listenSentence(error);
  if (listening !== null) {
    process.stderr.write(`${listening}\n`);
    return 1;
  }
  const refused = fileProblem(error);
  if (refused !== null) {
    process.stderr.write(`${refused.message} (${refused.code}) "${ownCommand()} doctor" looks at the whole set-up.\n`);
    return 1;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
