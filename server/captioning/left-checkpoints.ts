import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { checkpointFolder } from '../../models/fetch/obtain';
import { PRECISION_FOLDERS } from '../../models/locate-model';
import { MANIFEST_FILE } from '../../models/model-folder/manifest';
import { ownedEntries } from '../../models/owned-name';
import { knownModels } from '../../models/registry';

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

/** Removes downloaded checkpoints whose model is there: the process that made it was killed before it could. */
export async function clearCheckpoints(pulled: string): Promise<void> {
  for (const { id, source } of knownModels()) {
    const folder = source === null ? null : checkpointFolder(source, downloadsIn(pulled));
    if (folder === null || !existsSync(path.join(folder, NOT_KEPT))) continue;
    const isHere = PRECISION_FOLDERS.some((name) => existsSync(path.join(pulled, id, name, MANIFEST_FILE)));
    const isPulled = ownedEntries(pulled).some(({ stem, isInUse }) => isInUse && stem === `${PULL_CLAIM}${id}`);
    if (isHere && !isPulled) await rm(folder, { recursive: true, force: true });
  }
}
