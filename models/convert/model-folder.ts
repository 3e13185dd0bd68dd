import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE, type Manifest } from '../blip/manifest';
import { sha256OfFile } from '../blip/model-files';

/**
 * Fills a model folder as one act: everything is written beside it, the manifest (with sizes and sha256 of the other files)
 * last, and only then the folder takes its place. Whatever goes wrong, the old folder stays and nothing half-written does.
 */
export async function writeModelFolder(
  folder: string,
  fill: (draft: string) => Promise<Omit<Manifest, 'files'>>,
  names: readonly string[],
): Promise<Manifest> {
  const target = path.resolve(folder);
  const draft = `${target}.partial`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    const described = await fill(draft);
    const files = [];
    for (const name of names) {
      const file = path.join(draft, name);
      files.push({ name, bytes: statSync(file).size, sha256: await sha256OfFile(file) });
    }
    const manifest = { ...described, files };
    writeFileSync(path.join(draft, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    takePlace(draft, target);
    return manifest;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function takePlace(draft: string, target: string): void {
  const old = `${target}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(target)) renameSync(target, old);
  renameSync(draft, target);
  rmSync(old, { recursive: true, force: true });
}
