import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { flushFolder, flushNames } from '../durable';
import { isMissing, isOtherDisk } from '../file-problem';
import { MANIFEST_FILE, type Manifest } from './manifest';
import { sha256OfFile } from './model-files';
import { ownedEntries, ownedName } from '../owned-name';
import { targetFolder } from './target-folder';

export interface ModelFolder {
  readonly target: string;
  /** Files or folders of the checkpoint: the model may not be written over them. */
  readonly sources: readonly string[];
  /** Writes everything but the manifest's list of files. */
  readonly fill: (draft: string) => Promise<Omit<Manifest, 'files'>>;
  /** Files that `fill` writes; looked at when it is done. */
  readonly names: readonly string[];
}

/**
 * Fills a model folder as one act: everything is written beside it, the manifest (with sizes and sha256 of the other files)
 * last, and only then the folder takes its place. Whatever goes wrong, the old folder stays and nothing half-written does.
 * Throws ModelError FOLDER_TAKEN where the folder holds something else.
 */
export async function writeModelFolder({ target: folder, sources, fill, names }: ModelFolder): Promise<Manifest> {
  const target = targetFolder(folder, sources);
  clearDrafts(target);
  const draft = ownedName(`${target}.partial`);
  mkdirSync(draft, { recursive: true });
  try {
    const described = await fill(draft);
    const files = [];
    for (const name of names) {
      const file = path.join(draft, name);
      files.push({ name, bytes: statSync(file).size, sha256: await sha256OfFile(file) });
    }
    const manifest = { ...described, files };
    writeFileSync(path.join(draft, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    // A conversion takes minutes, in which somebody may have put something there.
    takePlace(draft, targetFolder(folder, sources));
    return manifest;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Removes what conversions to this folder left that ended in the middle; one that was cut while it took its place is undone.
 * With `ours` also what this process itself has left: none of its conversions may be at work then.
 */
export function clearDrafts(target: string, { ours = false } = {}): void {
  const name = path.basename(target);
  const left = ownedEntries(path.dirname(target)).filter(({ isOurs, isInUse }) => !isInUse || (ours && isOurs));
  for (const { path: old } of left.filter(({ stem }) => stem === `${name}.old`)) {
    if (existsSync(target)) removeIfPossible(old);
    else renameSync(old, target);
  }
  for (const { path: draft } of left.filter(({ stem }) => stem === `${name}.partial`)) {
    removeIfPossible(draft);
  }
}

/** What a worker still has open stays on Windows and on some network disks; the next conversion tries again. */
function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It takes room, and is in nobody's way.
  }
}

/**
 * Brings back the model that a conversion was about to replace when it was ended between its two renames. False where there is none,
 * or where that conversion is still at work.
 */
export function restoreReplaced(target: string): boolean {
  if (existsSync(target)) return false;
  const name = `${path.basename(target)}.old`;
  const left = ownedEntries(path.dirname(target)).find(({ stem, isInUse }) => stem === name && !isInUse);
  if (left === undefined) return false;
  try {
    renameSync(left.path, target);
  } catch (error) {
    // Another process was faster.
    if (!isMissing(error)) throw error;
  }
  return existsSync(target);
}

/** Moves a draft beside its place; where that is on another disk, it is copied. */
function bringBeside(draft: string, target: string): string {
  const beside = ownedName(`${target}.partial`);
  try {
    renameSync(draft, beside);
  } catch (error) {
    if (!isOtherDisk(error)) throw error;
    try {
      cpSync(draft, beside, { recursive: true });
    } catch (cause) {
      rmSync(beside, { recursive: true, force: true });
      throw cause;
    }
  }
  return beside;
}

function replace(whole: string, target: string): void {
  if (!existsSync(target)) {
    renameSync(whole, target);
    return;
  }
  const old = ownedName(`${target}.old`);
  renameSync(target, old);
  try {
    renameSync(whole, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
  // After a power cut there must be one of the two.
  flushNames(path.dirname(target));
  removeIfPossible(old);
}

/**
 * Puts a whole model folder in the place of another, which comes back when that fails, and which goes only when the new one is on the
 * disk. The draft is gone afterwards, or may be removed.
 */
export function takePlace(draft: string, target: string): void {
  const whole = bringBeside(draft, target);
  try {
    flushFolder(whole);
    replace(whole, target);
  } catch (error) {
    rmSync(whole, { recursive: true, force: true });
    throw error;
  }
}
