import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { callPackaging, ROOT } from '../packed';
import type { OwnersMachine } from './machine';

/** Puts what docs/install/container.md asks for into the folder where the page begins, and the program that stands for "docker compose" beside it. */
export function prepareContainer({ work, folder }: OwnersMachine): void {
  callPackaging('archive.js', 'it.makeArchive(process.argv[2])', work);
  for (const name of ['Containerfile', 'compose.yaml'])
    copyFileSync(path.join(ROOT, 'packaging/container', name), path.join(work, name));
  const tools = path.join(folder, 'tools');
  execFileSync('python3', ['-m', 'venv', tools]);
  execFileSync(path.join(tools, 'bin/pip'), ['install', '--quiet', 'podman-compose']);
}
