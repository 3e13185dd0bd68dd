import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../../../server/storage/database';
import { dumpSchema, migrate } from '../../../../server/storage/migrate';
import { readMigrations } from '../../../../server/storage/migration-files';
import { checkSound } from '../../../../server/storage/soundness';

const ROOT = path.resolve(__dirname, '../../../..');
const KILLS = 20;
/** About as long as all migrations take in the slow way. */
const LATEST_KILL_MS = 120;

/** Migrates in a process of its own and kills that at a random moment. Gives whether it had ended before. */
async function migrateAndKill(file: string): Promise<boolean> {
  const child = spawn(process.execPath, [path.join(ROOT, 'tests/support/migrate-slowly.cjs'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let output = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += String(chunk);
      resolve();
    });
  });
  await pause(Math.random() * LATEST_KILL_MS);
  child.kill('SIGKILL');
  await ended;
  return output.includes('ends');
}

test(`kill -9 in the middle of migrations, ${KILLS} times: each is there whole or not at all, and the next start ends it`, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-migration-'));
  const [, schema = ''] = readFileSync(path.join(ROOT, 'server/storage/schema.sql'), 'utf8').split(/^--.*\n\n/);
  let cut = 0;
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const file = path.join(folder, `${kill}.db`);
      if (!(await migrateAndKill(file))) cut += 1;
      const storage = openDatabase(file);
      const applied = Number(storage.db.pragma('user_version', { simple: true }));
      expect(applied).toBeLessThanOrEqual(readMigrations().length);
      expect(storage.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ballast'").get()).toBeUndefined();
      migrate(storage);
      expect(dumpSchema(storage)).toBe(schema);
      checkSound(storage, 'full');
      storage.close();
    }
    expect(cut).toBeGreaterThan(KILLS / 4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
