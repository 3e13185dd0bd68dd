import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE } from './manifest';
import { ModelError } from '../model-error';

/** The path without links, also where its last parts are not there yet. */
export function realPath(name: string): string {
  const whole = path.resolve(name);
  if (existsSync(whole)) return realpathSync(whole);
  const parent = path.dirname(whole);
  return parent === whole ? whole : path.join(realPath(parent), path.basename(whole));
}

function holds(folder: string, inside: string): boolean {
  const way = path.relative(folder, inside);
  return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
}

function isThere(name: string): boolean {
  return lstatSync(name, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Absolute path of a folder that a model may be written to: it is not there yet, is empty, or holds a model, and nothing of the
 * checkpoint lies in it. Throws ModelError FOLDER_TAKEN for any other, since what is in it would be gone.
 */
export function targetFolder(folder: string, sources: readonly string[]): string {
  const target = realPath(folder);
  const taken = (reason: string) => new ModelError('FOLDER_TAKEN', `${folder} ${reason}; name another folder.`);
  if (sources.some((source) => holds(target, realPath(source)))) {
    throw taken('is the checkpoint itself, or holds it');
  }
  if (!isThere(target)) return target;
  if (!lstatSync(target).isDirectory()) throw taken('is there, and is no folder');
  const names = readdirSync(target);
  if (names.length > 0 && !names.includes(MANIFEST_FILE)) throw taken('holds something that is no model');
  return target;
}
