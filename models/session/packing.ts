import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Manifest } from '../model-folder/manifest';
import { ownedEntries, ownedName } from '../owned-name';
import { hasEightBitWeights, sessionOptions, type SessionWish } from './options';
import { VERSION } from './library';
import { PackedPlace } from './packed-place';
import { LEAST_PACKED_BYTES, packedBytes } from './packed-size';

/** Raised when pack-graph.ts or what is kept beside the graphs changes: files of before are then made anew. */
const RECIPE = 2;
/** Most private memory that loading takes, as a share of the weights, when they are mapped from the packed files. */
const MOST_OWN_SHARE = 0.35;
const CLAIM = '.packing';
const POLL_MS = 300;
/** How often those who wait for the model are told that it is being packed. */
const TELL_MS = 1000;
/** Longest time that packing takes, or the wait for another process that packs: BLIP-2 from and to a disk of 10 MB/s. */
const DEADLINE_MS = 60 * 60_000;

export interface PackedGraph {
  readonly name: string;
  readonly rows: SessionWish['rows'];
}

export interface PackingOptions {
  /** Called every second while weights are packed, here or by another process: minutes on a slow disk. */
  readonly onPacking?: () => void;
  /** Least bytes of weights that are packed; given by tests only, as is the next. */
  readonly leastPackedBytes?: number;
  readonly mostOwnShare?: number;
}

/** What is packed, and for which sessions. */
interface Packed {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly graphs: readonly PackedGraph[];
  readonly wish: Omit<SessionWish, 'rows'>;
  readonly options: PackingOptions;
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
  return [String(RECIPE), process.platform, process.arch, VERSION, cpus()[0]?.model ?? '', flags?.[0] ?? ''].join('\n');
}

/**
 * Weights as onnxruntime packs them for its products, written once on the machine that uses them and mapped from there: workers share
 * them. Without it each worker packs a copy of its own into its memory, 4 GB for BLIP-2.
 */
export class Packing {
  private readonly place: PackedPlace;

  private constructor(private readonly of: Packed) {
    const options = of.graphs.map(({ rows }) => sessionOptions(of.manifest, { ...of.wish, threads: 1, rows }));
    const parts = [machine(), JSON.stringify(options), JSON.stringify(of.manifest.files)];
    const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
    this.place = new PackedPlace(of.folder, key);
  }

  /** null for models that do not need it, and where it cannot be made, which is written to standard error. */
  static async prepare(of: Packed): Promise<Packing | null> {
    const least = of.options.leastPackedBytes ?? LEAST_PACKED_BYTES;
    if (!hasEightBitWeights(of.manifest) || bytesOf(of.manifest) < least) return null;
    const packing = new Packing(of);
    if (!packing.place.helps) {
      packing.tell('packed weights were of no use on this machine');
      return null;
    }
    return (await packing.isMade(() => packing.removeDamaged())) ? packing : null;
  }

  /**
   * Loads graphs from their packed form. What was made by another onnxruntime or for another processor is no error: each weight is then
   * packed again, into the memory of this process. That shows in its size; the files are made anew, once. Where that does not help, or
   * the files cannot be loaded, the graphs are loaded as they were before packing.
   */
  async load<Graphs>(
    loadFrom: (placeOf: (name: string) => string) => Graphs,
    close: (graphs: Graphs) => void,
  ): Promise<Graphs> {
    const packed = () => loadFrom((name) => path.join(this.place.folder, name));
    const { inode } = this.place;
    const first = this.measured(packed, close);
    if (first.graphs !== null) return first.graphs;
    const remove = () => (first.error === null ? this.place.remove(inode) : this.removeIfChanged(first.error));
    if (await this.isMade(remove)) {
      const second = this.measured(packed, close);
      if (second.graphs !== null) return second.graphs;
      this.giveUp(second.error);
    }
    return loadFrom((name) => path.join(this.of.folder, name));
  }

  /** null where they could not be loaded, or took as much memory of this process as unpacked ones. */
  private measured<Graphs>(
    load: () => Graphs,
    close: (graphs: Graphs) => void,
  ): { graphs: Graphs | null; error: Error | null } {
    const most = (this.of.options.mostOwnShare ?? MOST_OWN_SHARE) * bytesOf(this.of.manifest);
    const before = ownBytes();
    try {
      const graphs = load();
      if (ownBytes() - before < most) {
        this.place.keepOnlyUsed();
        return { graphs, error: null };
      }
      close(graphs);
      return { graphs: null, error: null };
    } catch (error) {
      return { graphs: null, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  private giveUp(error: Error | null): void {
    this.tell(error?.message ?? 'packed weights are of no use on this machine');
    if (error !== null) return;
    try {
      this.place.giveUp();
    } catch {
      // Read-only: the next start finds it out again.
    }
  }

  /** Reported, because each further worker then takes as much memory again. */
  private tell(reason: string): void {
    process.stderr.write(`Workers do not share the weights of ${this.of.manifest.id}, each holds its own: ${reason}\n`);
  }

  /** `before`: what is done first, and may fail as the packing may. */
  private async isMade(before: () => void | Promise<void>): Promise<boolean> {
    try {
      await before();
      await this.make();
      return true;
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  private async removeDamaged(): Promise<void> {
    const { inode } = this.place;
    if (inode !== null && !(await this.place.isWhole())) this.place.remove(inode);
  }

  /** Whole files that cannot be loaded stay: memory is short, for instance. Throws the reason. */
  private async removeIfChanged(reason: Error): Promise<void> {
    const { inode } = this.place;
    if (await this.place.isWhole({ readsAll: true })) throw reason;
    this.place.remove(inode);
  }

  /** Of several processes that need it one packs, and the others wait. */
  private async make(): Promise<void> {
    if (this.place.isThere()) return;
    const claim = path.join(this.of.folder, ownedName(CLAIM));
    writeFileSync(claim, '', { flag: 'wx' });
    const end = Date.now() + DEADLINE_MS;
    const telling = setInterval(() => {
      if (Date.now() < end) this.of.options.onPacking?.();
    }, TELL_MS);
    try {
      // A process that starts a moment later sees the draft of the one that packs by then.
      await pause(POLL_MS);
      while (!this.place.isThere()) {
        if (Date.now() > end) throw new Error(`they were not packed within ${DEADLINE_MS / 60_000} minutes.`);
        if (this.isAtWork(claim)) await pause(POLL_MS);
        else await this.pack(end);
      }
    } finally {
      clearInterval(telling);
      rmSync(claim, { force: true });
    }
  }

  /** True when another process packs, or is about to: of claims made at the same moment the first one by name packs. */
  private isAtWork(claim: string): boolean {
    const draft = path.basename(this.place.folder);
    return ownedEntries(this.of.folder).some(
      ({ path: other, isInUse, stem }) => isInUse && (stem === draft || (stem === CLAIM && other < claim)),
    );
  }

  private async pack(end: number): Promise<void> {
    const { folder, manifest, graphs, wish } = this.of;
    for (const { path: old, isInUse, stem } of ownedEntries(folder)) {
      if (!isInUse && (stem === CLAIM || PackedPlace.isDraft(stem))) rmSync(old, { recursive: true, force: true });
    }
    const needed = packedBytes(bytesOf(manifest));
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < needed) throw new Error(`that takes ${(needed / 1e9).toFixed(1)} GB of disk in ${folder}.`);
    const draft = ownedName(this.place.folder);
    mkdirSync(draft);
    try {
      for (const { name, rows } of graphs) {
        const options = sessionOptions(manifest, { ...wish, rows });
        const words = [path.join(folder, name), path.join(draft, name), JSON.stringify(options)];
        await packGraph(words, Math.max(1, end - Date.now()));
      }
      await this.place.fill(draft);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
}

/** In a process of its own: it holds a whole graph twice, which this one would keep. It ends when this one does. */
async function packGraph(words: readonly string[], timeout: number): Promise<void> {
  const program = path.join(__dirname, 'pack-graph.js');
  await promisify(execFile)(process.execPath, [program, ...words], { timeout, killSignal: 'SIGKILL' });
}
