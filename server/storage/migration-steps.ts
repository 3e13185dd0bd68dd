import type { Storage } from './database';
import { lists } from './migrations/000012_lists';

/** Where a stepped migration goes on: whatever its step needs to find the next rows. Kept in the database as JSON. */
export type StepPosition = string | number;

/**
 * What a migration does in many short transactions, for tables of a million rows. docs/CONTRIBUTING.md shows one.
 * It runs after `NNNNNN_name.sql` and before `NNNNNN_name.finish.sql`, in a process of its own while the sidecar answers
 * `/readyz` with 503. A kill costs at most the step under way.
 */
export interface MigrationSteps {
  /**
   * Does the next part, a few thousand rows, inside a transaction that the caller opens. `from` is null at first, later what
   * the step before gave. Gives null when nothing is left.
   */
  readonly step: (storage: Storage, from: StepPosition | null) => StepPosition | null;
  /** How many steps there will be, about; for the log alone. */
  readonly expectedSteps?: (storage: Storage) => number;
}

/** The stepped migrations by the number of their SQL file. One that has landed is never edited. */
export const MIGRATION_STEPS: ReadonlyMap<number, MigrationSteps> = new Map<number, MigrationSteps>([[12, lists]]);
