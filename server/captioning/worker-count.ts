import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { bytesInMemory, usableMemory } from '../../models/machine-memory';
import { MANIFEST_FILE, Manifest } from '../../models/model-folder/manifest';
import { cpuQuota, readText, usableCores, type ReadText } from './cpu-quota';
import type { ModelSource } from './model-source';

/** Two workers describe more pictures an hour than one with all threads (docs/benchmarks.md). More have not been measured. */
const MOST_WORKERS = 2;
/** What a worker holds at most beside its model while pictures are ordinary (peaks in docs/benchmarks.md). Bytes. */
export const BESIDE_MODEL = 320e6;
/** The rest of the memory is the web server's, the database's and the system's. */
export const SHARE_OF_MEMORY = 0.5;

/** The fastest 8-bit products that the CPU can do; `unknown` where it does not say, as on other systems than Linux. */
export type Products = 'amx' | 'vnni' | 'avx2' | 'none' | 'unknown';

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly products: Products;
}

/** From the list of features in /proc/cpuinfo: `flags` on x86, `Features` on Arm, where `asimddp` is what VNNI is there. */
export function productsOf(cpuinfo: string | null): Products {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo ?? '');
  if (line === null) return 'unknown';
  const features = new Set((line[1] ?? '').trim().split(/\s+/));
  if (features.has('amx_int8')) return 'amx';
  if (['avx512_vnni', 'avx_vnni', 'asimddp'].some((name) => features.has(name))) return 'vnni';
  return ['avx2', 'asimd'].some((name) => features.has(name)) ? 'avx2' : 'none';
}

/** What this process may use; a container's limit counts where there is one. */
export function thisMachine(read: ReadText = readText): Machine {
  return {
    cores: usableCores(undefined, cpuQuota(read)),
    memoryBytes: usableMemory(),
    products: productsOf(read('/proc/cpuinfo')),
  };
}

/** Worker processes for a model where the settings name no number: as many as help, as long as they fit. */
export function usualWorkers(source: ModelSource, { cores, memoryBytes }: Omit<Machine, 'products'>): number {
  // Another server's model gets one picture at a time, unless somebody says that it can do more.
  if ('modelServer' in source) return 1;
  const each = bytesInMemory(folderBytes(source.modelFolder), precisionOf(source.modelFolder)) + BESIDE_MODEL;
  const fitting = Math.floor((memoryBytes * SHARE_OF_MEMORY) / each);
  return Math.max(1, Math.min(MOST_WORKERS, cores, fitting));
}

/** Threads of each worker where the settings name no number. */
export function usualThreads(workers: number, cores: number = usableCores()): number {
  return Math.max(1, Math.floor(cores / workers));
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(path.join(folder, name)).size, 0);
}

const Known = z.object({ precision: Manifest.shape.precision });

/** As the manifest says; a folder without a readable one is refused when it is loaded. */
function precisionOf(folder: string): Manifest['precision'] {
  const text = readText(path.join(folder, MANIFEST_FILE));
  try {
    return Known.parse(JSON.parse(text ?? '')).precision;
  } catch {
    return 'fp32';
  }
}
