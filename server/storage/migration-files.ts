import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MIGRATION_STEPS, type MigrationSteps } from './migration-steps';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** sha256 of its SQL files; a migration is never edited after it landed. */
  readonly hash: string;
  /** What is done in many transactions after `sql`, and the SQL that ends the migration. */
  readonly stepped?: { readonly steps: MigrationSteps; readonly finish: string };
}

const FINISH = '.finish.sql';

/** The migrations of this version, in order. */
export function readMigrations(folder = path.join(__dirname, 'migrations'), steps = MIGRATION_STEPS): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql') && !file.endsWith(FINISH))
    .sort()
    .map((file) => {
      const number = Number(file.slice(0, 6));
      const sql = readFileSync(path.join(folder, file), 'utf8');
      const finishFile = path.join(folder, file.replace(/\.sql$/, FINISH));
      const finish = existsSync(finishFile) ? readFileSync(finishFile, 'utf8') : '';
      const ofThis = steps.get(number);
      if (ofThis === undefined && finish !== '') throw new Error(`${file} has a finish but no steps`);
      return {
        number,
        name: file,
        sql,
        hash: createHash('sha256')
          .update(sql + finish)
          .digest('hex'),
        ...(ofThis === undefined ? {} : { stepped: { steps: ofThis, finish } }),
      };
    });
}

/** Number of the newest migration of this version. */
export function ownSchema(migrations: readonly Migration[] = readMigrations()): number {
  return migrations.at(-1)?.number ?? 0;
}
