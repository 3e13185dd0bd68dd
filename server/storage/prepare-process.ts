import { copyDatabase } from './backup';
import { databaseBytes, requireUpdateRoom } from './backup-room';
import { reportTo } from './child-report';
import { DataFolder } from './data-folder';
import { appliedSchema, migrate, type MigrationProgress } from './migrate';
import { readMigrations } from './migration-files';
import type { Storage } from './database';
import { checkSound, openReadable } from './soundness';
import { vacuum } from './vacuum';

/** What there is to do before a sidecar can work with its database. */
export interface Preparation {
  readonly root: string;
  readonly backups: string;
  readonly check: boolean;
  readonly migrate: boolean;
  /** Write the file anew, so that free pages can go back to the disk. */
  readonly vacuum: boolean;
  /** Where a copy goes before the migration; null for none. */
  readonly backup: string | null;
}

/** `node prepare-process.js PREPARATION`: checks, copies and migrates a database while another process answers. */
async function main(preparation: Preparation): Promise<void> {
  const data = new DataFolder(preparation.root, preparation.backups);
  const tell = (step: string, text: string) => process.send?.({ step, text });
  const storage = openReadable(data.database);
  try {
    if (preparation.check) {
      tell('check', 'every page is read');
      checkSound(storage, 'quick');
    }
    if (preparation.migrate) await update(storage, data, { preparation, tell });
    if (preparation.vacuum) tryVacuum(storage, data, tell);
  } finally {
    storage.close();
  }
}

type Tell = (step: string, text: string) => void;

/** The sidecar works without it as well: what goes wrong is no reason not to start. */
function tryVacuum(storage: Storage, data: DataFolder, tell: Tell): void {
  tell('vacuum', 'the file is written anew');
  try {
    vacuum(storage, data);
  } catch (error) {
    process.stderr.write(
      `The database file was not written anew: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

async function update(
  storage: Storage,
  data: DataFolder,
  { preparation, tell }: { preparation: Preparation; tell: Tell },
): Promise<void> {
  const { hashes, unfinished } = appliedSchema(storage);
  const migrations = readMigrations();
  const isLarge = migrations.some(({ number, stepped }) => stepped !== undefined && !hashes.has(number));
  // A migration in steps writes its table anew beside the old one.
  requireUpdateRoom(data, isLarge || unfinished !== null ? databaseBytes(data.database) : 0, preparation.backup);
  // One that was cut off has its backup already, and the half-written file would be a poor one.
  if (preparation.backup !== null && unfinished === null) {
    tell('backup', 'a copy is made');
    await copyDatabase(data.database, preparation.backup);
  }
  migrate(storage, migrations, (progress) => tell('migrate', textOf(progress)));
  storage.db.pragma('wal_checkpoint(TRUNCATE)');
}

function textOf({ migration, step, of }: MigrationProgress): string {
  if (step === 0) return migration;
  return of === null ? `${migration}: step ${step}` : `${migration}: step ${step} of about ${of}`;
}

if (require.main === module) reportTo(process, () => main(JSON.parse(process.argv[2] ?? '{}') as Preparation));
