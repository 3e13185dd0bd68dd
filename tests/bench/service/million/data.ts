import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { KeyStore } from '../../../../server/sites/key-store';
import { SiteStore } from '../../../../server/sites/site-store';
import { DataFolder } from '../../../../server/storage/data-folder';
import type { Storage } from '../../../../server/storage/database';
import { openData } from '../../../../server/storage/soundness';
import { fillLibrary } from './library';

/** One site of the data folder. */
export interface Library {
  readonly images: number;
  readonly key: string;
  readonly runIds: readonly string[];
}

interface Contents {
  readonly large: Library;
  readonly small: Library;
}

export interface MillionData extends Contents {
  readonly dataDir: string;
  /** Null when the folder was there already. */
  readonly fillSeconds: number | null;
  readonly metricsKey: string;
  /** Deletes the folder, unless BENCH_DATA asked for it. */
  readonly remove: () => void;
}

const BESIDE = 1000;

/**
 * A data folder with a site of so many images beside one of a thousand. BENCH_DATA names a folder that is kept: filled by the
 * first run, and used again by the next one of the same size, which changes nothing in it that lasts.
 */
export function millionData(images: number): MillionData {
  const kept = process.env['BENCH_DATA'];
  const dataDir = kept === undefined ? mkdtempSync(path.join(os.tmpdir(), 'altsmith-million-')) : path.resolve(kept);
  const data = new DataFolder(dataDir);
  data.prepare();
  const found = readContents(dataDir);
  if (found !== null && found.large.images !== images)
    throw new Error(`${dataDir} holds ${found.large.images} images, not ${images}: give BENCH_DATA another folder`);
  if (found === null) for (const rest of ['', '-wal', '-shm']) rmSync(data.database + rest, { force: true });
  const storage = openData(data);
  const started = performance.now();
  const contents = found ?? { small: fill(storage, BESIDE), large: fill(storage, images) };
  const fillSeconds = found === null ? (performance.now() - started) / 1000 : null;
  const metricsKey = new KeyStore(storage).create({ scope: 'metrics', siteId: null, name: 'bench' }).text;
  storage.db.pragma('wal_checkpoint(TRUNCATE)');
  storage.close();
  // Written last, so that a folder which a killed run filled in part is filled again.
  writeFileSync(contentsFile(dataDir), JSON.stringify(contents), { mode: 0o600 });
  const remove = () => {
    if (kept === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  return { dataDir, fillSeconds, metricsKey, remove, ...contents };
}

const contentsFile = (dataDir: string) => path.join(dataDir, 'bench.json');

function readContents(dataDir: string): Contents | null {
  const file = contentsFile(dataDir);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function fill(storage: Storage, images: number): Library {
  const site = new SiteStore(storage).create(`site of ${images}`);
  // The rows belong to the clients that name no instance.
  storage.db.prepare('INSERT INTO instances (site_id, number, created_at) VALUES (?, 0, 1)').run(site.id);
  const { text: key } = new KeyStore(storage).create({ scope: 'site', siteId: site.id, name: 'bench' });
  const { runIds } = fillLibrary(storage, site.id, { images, waiting: Math.ceil(images / 50) });
  return { images, key, runIds };
}
