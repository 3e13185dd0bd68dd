import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../durable';
import type { Manifest } from './manifest';

/** Beside the manifest: files that were compared with it, and how they lay on the disk then. */
export const CHECKED_FILE = 'checked.json';
/** Smaller files are hashed in a few milliseconds; a folder of them alone stays as it is. Bytes. */
const LEAST_BYTES = 20e6;

const Notes = z.record(z.string(), z.object({ sha256: z.string(), state: z.string() }));
type Notes = z.infer<typeof Notes>;
type FileEntry = Manifest['files'][number];

/**
 * Which large files of a model folder are known to be right. The time of change (ctime) is set by the system at each write and cannot
 * be set back by a program, unlike that of modification. Whoever may write here may write the manifest as well: this guards against damage,
 * not against people. `models verify` and `doctor` read everything.
 */
export class CheckMemory {
  private readonly notes: Notes;
  private isChanged = false;

  constructor(private readonly folder: string) {
    this.notes = this.read();
  }

  knows({ name, bytes, sha256 }: FileEntry): boolean {
    const note = this.notes[name];
    return bytes >= LEAST_BYTES && note?.sha256 === sha256 && note.state === this.stateOf(name);
  }

  /** `before`: how the file lay on the disk when its hashing began. One that changed meanwhile is hashed again next time. */
  add({ name, bytes, sha256 }: FileEntry, before: string): void {
    if (bytes < LEAST_BYTES || this.stateOf(name) !== before) return;
    this.notes[name] = { sha256, state: before };
    this.isChanged = true;
  }

  /** A folder that cannot be written to is checked anew each time. */
  write(): void {
    if (!this.isChanged) return;
    try {
      replaceFile(path.join(this.folder, CHECKED_FILE), JSON.stringify(this.notes));
    } catch {
      this.isChanged = false;
    }
  }

  stateOf(name: string): string {
    const { size, ino, ctimeNs } = statSync(path.join(this.folder, name), { bigint: true });
    return [size, ino, ctimeNs].join(' ');
  }

  private read(): Notes {
    try {
      const text = readFileSync(path.join(this.folder, CHECKED_FILE), 'utf8');
      return Notes.parse(JSON.parse(text));
    } catch {
      // None yet, or one that was cut: everything is compared.
      return {};
    }
  }
}
