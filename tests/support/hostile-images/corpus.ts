import { buildSync } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ManifestEntry } from './specimen';

export interface Corpus {
  readonly entries: readonly ManifestEntry[];
  read(entry: ManifestEntry): Buffer;
  remove(): void;
}

/** Makes the hostile images in a process of its own, below the system's folder for temporary files. */
export function makeCorpus(): Corpus {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-hostile-'));
  const script = path.join(folder, 'generate.cjs');
  buildSync({
    entryPoints: [path.join(__dirname, 'generate.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // The bundle lies outside of the repository, where a bare name would not be found.
    alias: { sharp: require.resolve('sharp') },
    external: [require.resolve('sharp')],
  });
  execFileSync(process.execPath, [script, folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  const entries: ManifestEntry[] = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  return {
    entries,
    read: (entry) => readFileSync(path.join(folder, entry.file)),
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
