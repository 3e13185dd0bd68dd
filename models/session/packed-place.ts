import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { flushFile, flushFolder, flushNames } from '../durable';
import { CheckMemory } from '../model-folder/check-memory';
import { sha256OfFile } from '../model-folder/model-files';
import { ownedName } from '../owned-name';

/** In each packed folder, and written last: what belongs to it. */
const LIST_FILE = 'packed.json';
const STEM = 'packed-';
const PLACE = /^packed-[0-9a-f]{16}$/;
/** What another machine packed in a shared folder goes when nobody has loaded it for a week. */
const UNUSED_MS = 7 * 24 * 3600 * 1000;

const List = z.object({
  /** The machine that packed. */
  host: z.string(),
  /** False: they were packed twice, and processes that load them hold the weights of their own all the same. */
  helps: z.boolean(),
  files: z.array(z.object({ name: z.string().regex(/^\w[\w.-]*$/), bytes: z.number(), sha256: z.string() })),
});
type List = z.infer<typeof List>;

function readList(folder: string): List | null {
  try {
    return List.parse(JSON.parse(readFileSync(path.join(folder, LIST_FILE), 'utf8')));
  } catch {
    // None, a cut one, or one of another version: then it is packed anew.
    return null;
  }
}

function inodeOf(folder: string): number | null {
  return statSync(folder, { throwIfNoEntry: false })?.ino ?? null;
}

/** A folder beside the graphs of a model that holds them packed for one kind of machine. */
export class PackedPlace {
  readonly folder: string;

  constructor(
    private readonly model: string,
    key: string,
  ) {
    this.folder = path.join(model, `${STEM}${key}`);
  }

  /** True for names of drafts of packed folders. */
  static isDraft(stem: string): boolean {
    return PLACE.test(stem);
  }

  isThere(): boolean {
    return inodeOf(this.folder) !== null;
  }

  /** Which folder is there now; null: none. Another process may put another in its place. */
  get inode(): number | null {
    return inodeOf(this.folder);
  }

  /** Whether processes that load these files share their weights. */
  get helps(): boolean {
    return readList(this.folder)?.helps !== false;
  }

  /** Whether each file is as it was written; large ones are read again only where they were touched since, or with `readsAll`. */
  async isWhole({ readsAll = false } = {}): Promise<boolean> {
    const list = readList(this.folder);
    if (list === null) return false;
    try {
      const memory = new CheckMemory(this.folder);
      for (const file of list.files) {
        const place = path.join(this.folder, file.name);
        if (statSync(place).size !== file.bytes) return false;
        if (!readsAll && memory.knows(file)) continue;
        const before = memory.stateOf(file.name);
        if ((await sha256OfFile(place)) !== file.sha256) return false;
        memory.add(file, before);
      }
      memory.write();
      return true;
    } catch {
      // A file is missing or cannot be read.
      return false;
    }
  }

  /** Puts a draft in its place, once all of it is on the disk. Another process may have been faster: its files are the same. */
  async fill(draft: string): Promise<void> {
    const files = [];
    const memory = new CheckMemory(draft);
    for (const name of readdirSync(draft)) {
      const place = path.join(draft, name);
      const before = memory.stateOf(name);
      const file = { name, bytes: statSync(place).size, sha256: await sha256OfFile(place) };
      files.push(file);
      memory.add(file, before);
    }
    memory.write();
    this.writeList(draft, { host: hostname(), helps: true, files });
    flushFolder(draft);
    if (!this.isThere()) renameSync(draft, this.folder);
    flushNames(this.model);
  }

  /** Removes the folder with this inode, and no other that has taken its place since. */
  remove(inode: number | null): void {
    if (inode === null || this.inode !== inode) return;
    const moved = ownedName(this.folder);
    renameSync(this.folder, moved);
    // Between the look and the rename another process may have put its own there.
    if (inodeOf(moved) !== inode && !this.isThere()) renameSync(moved, this.folder);
    else rmSync(moved, { recursive: true, force: true });
  }

  /** Leaves a note that packing is of no use here in the place of the files, so that no other process packs again. */
  giveUp(): void {
    for (const { name } of readList(this.folder)?.files ?? []) rmSync(path.join(this.folder, name), { force: true });
    this.writeList(this.folder, { host: hostname(), helps: false, files: [] });
  }

  /** Notes that it was used, and removes what nobody uses: of this machine all others, of other machines after a week. */
  keepOnlyUsed(): void {
    const now = new Date();
    try {
      utimesSync(path.join(this.folder, LIST_FILE), now, now);
      for (const name of readdirSync(this.model)) {
        const other = path.join(this.model, name);
        if (other === this.folder || !PLACE.test(name)) continue;
        // Files that a process has mapped stay for it until it ends.
        if (isUnused(other, now)) rmSync(other, { recursive: true, force: true });
      }
    } catch {
      // Read-only, or another process clears as well: what is left goes at the next start.
    }
  }

  private writeList(folder: string, list: List): void {
    const file = path.join(folder, LIST_FILE);
    writeFileSync(file, JSON.stringify(list));
    flushFile(file);
  }
}

function isUnused(folder: string, now: Date): boolean {
  const list = readList(folder);
  if (list === null || list.host === hostname()) return true;
  return now.getTime() - statSync(path.join(folder, LIST_FILE)).mtimeMs > UNUSED_MS;
}
