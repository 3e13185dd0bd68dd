import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Manifest } from '../model-folder/manifest';
import { ownedEntries, ownedName } from '../owned-name';
import { hasEightBitWeights, sessionOptions, type SessionWish } from './options';
import { VERSION } from './library';

/** Bytes of the smallest model that is packed: a smaller one takes little memory, and packing takes twice its size on disk. */
const LEAST_BYTES = 1e9;
/** Disk that packing takes, as a multiple of the weights: the files hold them both as they are and packed. */
const SHARE_OF_WEIGHTS = 2.1;
/** Most private memory that loading takes, as a share of the weights, when they are mapped from the packed files. */
const MOST_OWN_SHARE = 0.35;
const STEM = 'packed-';
const CLAIM = '.packing';
const POLL_MS = 300;

export interface PackedGraph {
  readonly name: string;
  readonly rows: SessionWish['rows'];
}

/** What is packed, and for which sessions. */
interface Packed {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly graphs: readonly PackedGraph[];
  readonly wish: Omit<SessionWish, 'rows'>;
}

function bytesOf({ files }: Manifest): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/** Memory that no other process shares. 0 where the system does not tell: then packed files are taken as they are. */
function ownBytes(): number {
  if (!existsSync('/proc/self/status')) return 0;
  return Number(/^RssAnon:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 0) * 1024;
}

/** Processor and all else that decides how onnxruntime lays weights out. It loads a file of another layout and packs it again in memory. */
function machine(): string {
  const flags = existsSync('/proc/cpuinfo')
    ? /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))
    : null;
  return [process.platform, process.arch, VERSION, cpus()[0]?.model ?? '', flags?.[0] ?? ''].join('\n');
}

/**
 * Weights as onnxruntime packs them for its products, written once on the machine that uses them and mapped from there: workers share
 * them. Without it each worker packs a copy of its own into its memory, 4 GB for BLIP-2.
 */
export class Packing {
  private readonly place: string;

  private constructor(private readonly of: Packed) {
    const options = of.graphs.map(({ rows }) => sessionOptions(of.manifest, { ...of.wish, threads: 1, rows }));
    const parts = [machine(), JSON.stringify(options), JSON.stringify(of.manifest.files)];
    const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
    this.place = path.join(of.folder, `${STEM}${key}`);
  }

  /** null for models that do not need it, and where it cannot be made, which is written to standard error. */
  static async prepare(of: Packed, leastBytes = LEAST_BYTES): Promise<Packing | null> {
    if (!hasEightBitWeights(of.manifest) || bytesOf(of.manifest) < leastBytes) return null;
    const packing = new Packing(of);
    return (await packing.isMade()) ? packing : null;
  }

  /**
   * Loads graphs from their packed form. What was made by another onnxruntime or for another processor is no error: each weight is then
   * packed again, into the memory of this process. That shows in its size; the files are made anew, once.
   */
  async load<Graphs>(
    loadFrom: (placeOf: (name: string) => string) => Graphs,
    close: (graphs: Graphs) => void,
  ): Promise<Graphs> {
    const placeOf = (name: string) => path.join(this.place, name);
    const before = ownBytes();
    const graphs = loadFrom(placeOf);
    if (ownBytes() - before < MOST_OWN_SHARE * bytesOf(this.of.manifest)) return graphs;
    close(graphs);
    rmSync(this.place, { recursive: true, force: true });
    return loadFrom((await this.isMade()) ? placeOf : (name) => path.join(this.of.folder, name));
  }

  private async isMade(): Promise<boolean> {
    try {
      await this.make();
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Reported, because each further worker then takes as much memory again.
      process.stderr.write(
        `Workers do not share the weights of ${this.of.manifest.id}, each holds its own: ${reason}\n`,
      );
      return false;
    }
  }

  /** Of several processes that need it one packs, and the others wait. */
  private async make(): Promise<void> {
    if (existsSync(this.place)) return;
    const claim = path.join(this.of.folder, ownedName(CLAIM));
    writeFileSync(claim, '', { flag: 'wx' });
    try {
      // A process that starts a moment later sees the draft of the one that packs by then.
      await pause(POLL_MS);
      while (!existsSync(this.place)) {
        if (this.isAtWork(claim)) await pause(POLL_MS);
        else await this.pack();
      }
    } finally {
      rmSync(claim, { force: true });
    }
  }

  /** True when another process packs, or is about to: of claims made at the same moment the first one by name packs. */
  private isAtWork(claim: string): boolean {
    const draft = path.basename(this.place);
    return ownedEntries(this.of.folder).some(
      ({ path: other, isInUse, stem }) => isInUse && (stem === draft || (stem === CLAIM && other < claim)),
    );
  }

  private async pack(): Promise<void> {
    const { folder, manifest, graphs, wish } = this.of;
    const needed = SHARE_OF_WEIGHTS * bytesOf(manifest);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < needed) throw new Error(`that takes ${(needed / 1e9).toFixed(1)} GB of disk in ${folder}.`);
    for (const { path: old, isInUse, stem } of ownedEntries(folder)) {
      if (!isInUse && (stem === CLAIM || stem.startsWith(STEM))) rmSync(old, { recursive: true, force: true });
    }
    const draft = ownedName(this.place);
    mkdirSync(draft);
    try {
      for (const { name, rows } of graphs) {
        const options = sessionOptions(manifest, { ...wish, rows });
        await packGraph(path.join(folder, name), path.join(draft, name), options);
      }
      // A process that was held up may have begun twice after all; the files are the same.
      if (!existsSync(this.place)) renameSync(draft, this.place);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
}

/** In a process of its own: it holds a whole graph twice, which this one would keep. */
async function packGraph(source: string, target: string, options: object): Promise<void> {
  const words = [path.join(__dirname, 'pack-graph.js'), source, target, JSON.stringify(options)];
  await promisify(execFile)(process.execPath, words);
}
