import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { KeyStore } from '../../server/sites/key-store';
import { openDatabase } from '../../server/storage/database';
import { migrate } from '../../server/storage/migrate';
import { readMigrations } from '../../server/storage/migration-files';

/** Rows of yesterday: pruning leaves them alone. */
const YESTERDAY = Date.now() - 86_400_000;

/** The last migration of 0.1.0. */
const LAST_OF_010 = 7;

export interface OldFolder {
  readonly dataDir: string;
  readonly key: string;
}

/**
 * A data folder as version 0.1.0 left it: the tables of its migrations, one site with a key and a webhook, and `rows`
 * pictures whose jobs are done and whose suggestions are open, half of them approved.
 */
export function oldDataFolder(rows: number): OldFolder {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-old-'));
  for (const folder of ['images', 'thumbnails', 'tmp', 'backups']) mkdirSync(path.join(dataDir, folder));
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  migrate(
    storage,
    readMigrations().filter(({ number }) => number <= LAST_OF_010),
  );
  storage.transaction(() => {
    storage.db.exec(`
      INSERT INTO sites (id, name, settings, created_at) VALUES ('site_old', 'default', '{"auto_approve_from":null}', 1);
      INSERT INTO webhooks (site_id, url, secret, created_at, updated_at)
        VALUES ('site_old', 'http://127.0.0.1:9/hook', 'whsec_b2xk', 1, 1);
    `);
    const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)';
    const run = (sql: string) => storage.db.prepare(`${sql} ${numbers} ${SELECTS[sql] ?? ''}`).run({ rows });
    for (const sql of Object.keys(SELECTS)) run(sql);
  });
  const key = new KeyStore(storage).create({ scope: 'site', siteId: 'site_old', name: 'old' }).text;
  storage.close();
  writeFileSync(path.join(dataDir, 'first-key.txt'), `# old\n${key}\n`);
  return { dataDir, key };
}

const SHA = "printf('%064x', i)";
const SELECTS: Readonly<Record<string, string>> = {
  'INSERT INTO images (site_id, sha256, bytes, width, height, media_type, original, thumbnail, received_at)': `
    SELECT 'site_old', ${SHA}, 200000, 1024, 768, 'image/jpeg', 0, 0, ${YESTERDAY} + i FROM n`,
  'INSERT INTO jobs (id, site_id, subject_type, subject_id, image_sha256, model_id, priority, request, state, available_at, attempts, token, suggestion_id, created_at, updated_at, finished_at)': `
    SELECT 'job_' || i, 'site_old', 'attachment', i, ${SHA}, 'blip-base', 2,
      '{"fields":null,"context":{"file_name":"IMG_' || i || '.jpg","surrounding_text":"about it"},"locale":"en_US","current":null}',
      'done', 1, 1, 1, 'sug_' || i, ${YESTERDAY} + i, ${YESTERDAY} + i, ${YESTERDAY} + i FROM n`,
  'INSERT INTO suggestions (id, site_id, job_id, job_seq, version, state, subject_type, subject_id, image_sha256, fields, alternatives, confidence, flags, model, current, "values", decided_by, decided_at, created_at, updated_at)': `
    SELECT 'sug_' || i, 'site_old', 'job_' || i, i, 1 + i % 2, CASE i % 2 WHEN 0 THEN 'pending' ELSE 'approved' END,
      'attachment', i, ${SHA},
      '{"alt_text":"A dog beside sign ' || i || '","title":null,"caption":null,"description":null,"keywords":null,"file_name":null}',
      '[]', 0.5, '[]', '{"id":"blip-base","precision":"int8","demonstration":false}', '{}',
      CASE i % 2 WHEN 1 THEN '{"alt_text":"A dog beside sign ' || i || '"}' END,
      CASE i % 2 WHEN 1 THEN '{"id":"1","name":"Ada"}' END, CASE i % 2 WHEN 1 THEN ${YESTERDAY} + i END, ${YESTERDAY} + i, ${YESTERDAY} + i FROM n`,
  'INSERT INTO changes (site_id, type, suggestion_id, at)': `
    SELECT 'site_old', 'suggestion.created', 'sug_' || i, ${YESTERDAY} + i FROM n`,
};
