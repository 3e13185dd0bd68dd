import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { checkpointFolder, checkpointFolders } from '../../models/fetch/obtain';
import { PRECISION_FOLDERS } from '../../models/locate-model';
import { MANIFEST_FILE } from '../../models/model-folder/manifest';
import { ownedEntries } from '../../models/owned-name';
import { knownModels, type Source } from '../../models/registry';

/** Start of the name of the file by which one process pulls a model alone. */
export const PULL_CLAIM = '.pulling-';
/** Lies in the folder of a checkpoint that nobody asked to keep. */
const NOT_KEPT = '.not-kept';

/** Where checkpoints lie that were downloaded. */
export const downloadsIn = (pulled: string) => path.join(pulled, '.downloads');

/** Notes that the checkpoint is to be removed once its model is made. */
export function noteNotKept(checkpoint: string): void {
  writeFileSync(path.join(checkpoint, NOT_KEPT), '');
}

/** Removes what was downloaded of other states of the repository, from which no pull goes on any more. */
export function clearOtherStates(source: Source, pulled: string): void {
  const downloads = downloadsIn(pulled);
  for (const folder of checkpointFolders(source, downloads)) {
    const isOther = folder !== checkpointFolder(source, downloads);
    if (isOther && existsSync(path.join(folder, NOT_KEPT))) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Removes downloaded checkpoints whose model is there: the process that made it was killed before it could. False where such a process
 * still runs, as it does for a moment after the sidecar that began it was killed: its checkpoint is for a later look.
 */
export async function clearCheckpoints(pulled: string): Promise<boolean> {
  let isDone = true;
  for (const { id, source } of knownModels()) {
    const folders = source === null ? [] : checkpointFolders(source, downloadsIn(pulled));
    const left = folders.filter((folder) => existsSync(path.join(folder, NOT_KEPT)));
    if (left.length === 0) continue;
    const isHere = PRECISION_FOLDERS.some((name) => existsSync(path.join(pulled, id, name, MANIFEST_FILE)));
    const isPulled = ownedEntries(pulled).some(({ stem, isInUse }) => isInUse && stem === `${PULL_CLAIM}${id}`);
    isDone &&= !isPulled;
    if (!isHere || isPulled) continue;
    for (const folder of left) await rm(folder, { recursive: true, force: true });
  }
  return isDone;
}
