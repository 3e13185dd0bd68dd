import { existsSync } from 'node:fs';
import path from 'node:path';

interface Place {
  readonly cwd: string;
  /** Folders in which a shell looks for programs. */
  readonly folders: readonly string[];
}

const here = (): Place => ({
  cwd: process.cwd(),
  // npm puts its own folders there for as long as a script runs.
  folders: (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => !folder.endsWith('node_modules/.bin')),
});

/**
 * What a person types in this folder where a document says "altsmith": that word itself where a shell finds it, else the program that was
 * started. `script` is process.argv[1].
 */
export function ownCommand(script = process.argv[1] ?? '', { cwd, folders } = here()): string {
  if (folders.some((folder) => folder !== '' && existsSync(path.join(folder, 'altsmith')))) return 'altsmith';
  const near = (file: string) => {
    const relative = path.relative(cwd, file);
    if (relative.startsWith('..')) return file;
    return relative.includes('/') ? relative : `./${relative}`;
  };
  if (path.basename(script) === 'altsmith') return near(script);
  // The prepared archive: FOLDER/altsmith starts FOLDER/app/server/cli/index.js.
  const app = path.resolve(script, '../../..');
  const launcher = path.resolve(app, '../altsmith');
  if (path.basename(app) === 'app' && existsSync(launcher)) return near(launcher);
  return `node ${near(script)}`;
}

/** A sentence that names commands of ours, as they are typed in this folder. */
export function asTypedHere(sentence: string, command = ownCommand()): string {
  return sentence.replace(/\baltsmith (?=[a-z])/g, `${command} `);
}
