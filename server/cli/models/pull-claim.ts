import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ModelError } from '../../../models/model-error';
import { ownedEntries, ownedName } from '../../../models/owned-name';
import { PULL_CLAIM as CLAIM } from '../../captioning/left-checkpoints';

const DRAFT = '.draft-';

export interface PullClaim {
  /** Where this pull may write whatever it likes. */
  readonly draft: string;
  readonly release: () => void;
}

/**
 * Takes a model for this pull alone, and removes what pulls left that were killed. First the claim is made and then the others are
 * looked for, so of two that begin at the same moment at most one goes on. Throws ModelError PULL_NOT_POSSIBLE.
 */
export function claimPull(pulled: string, id: string): PullClaim {
  const claim = path.join(pulled, ownedName(`${CLAIM}${id}`));
  writeFileSync(claim, '', { flag: 'wx' });
  const left = ownedEntries(pulled);
  const other = left.find(({ path: file, stem, isInUse }) => isInUse && stem === `${CLAIM}${id}` && file !== claim);
  if (other !== undefined) {
    rmSync(claim);
    throw new ModelError(
      'PULL_NOT_POSSIBLE',
      `${id} is being pulled already, by process ${other.pid}; wait until that is done, or stop it.`,
    );
  }
  for (const { path: old, stem, isInUse } of left) {
    if (!isInUse && (stem.startsWith(CLAIM) || stem.startsWith(DRAFT))) rmSync(old, { recursive: true });
  }
  const draft = path.join(pulled, ownedName(`${DRAFT}${id}`));
  return {
    draft,
    release: () => {
      rmSync(draft, { recursive: true, force: true });
      rmSync(claim, { force: true });
    },
  };
}
