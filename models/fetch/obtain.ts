import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { sha256OfFile } from '../model-folder/model-files';
import { ModelError } from '../model-error';
import { bytesOfFile, type Source, type SourceFile } from '../registry';
import { downloadFile, type DownloadTools } from './download';
import { cachedCommit, cachedRepo } from './revision';

export interface ObtainOptions extends DownloadTools {
  /** Folder for what is downloaded; one folder a commit is made in it. */
  readonly downloads: string;
  /** Told which file is being looked at, and where it came from once it is there. */
  readonly report: (file: string, from: 'folder' | 'cache' | 'earlier' | 'hub' | null) => void;
}

/** Throws ModelError unless the file is the one of the registry. */
async function checkFile(file: string, { name, bytes, sha256 }: SourceFile): Promise<void> {
  const wrong = (reason: string) =>
    new ModelError(
      'MODEL_FILE_DAMAGED',
      `${file} is not the published ${name}: ${reason}. For another checkpoint use "altsmith models convert".`,
    );
  const found = statSync(file).size;
  if (bytes !== null && found !== bytes) throw wrong(`it has ${found} bytes where ${bytes} are due`);
  if (sha256 !== null && (await sha256OfFile(file)) !== sha256) throw wrong('its sha256 differs');
}

async function isRight(file: string, wanted: SourceFile): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    await checkFile(file, wanted);
    return true;
  } catch (error) {
    // Another file of that name: it is left alone, and the right one fetched.
    if (error instanceof ModelError) return false;
    throw error;
  }
}

/** Where the tools of the hub keep a file: `models--Org--name/snapshots/<commit>/<file>`. */
function cachedFile(cache: string, source: Source, name: string): string {
  return path.join(cachedRepo(cache, source), 'snapshots', cachedCommit(cache, source), name);
}

/** Windows refuses links to whoever is no administrator. */
function linkOrCopy(file: string, target: string): void {
  try {
    symlinkSync(file, target);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
    copyFileSync(file, target);
  }
}

async function obtainFile(source: Source, wanted: SourceFile, folder: string, options: ObtainOptions): Promise<void> {
  const target = path.join(folder, wanted.name);
  options.report(wanted.name, null);
  if (await isRight(target, wanted)) {
    options.report(wanted.name, 'earlier');
    return;
  }
  rmSync(target, { force: true });
  const cached = cachedFile(options.hub.cache, source, wanted.name);
  if (await isRight(cached, wanted)) {
    linkOrCopy(cached, target);
    options.report(wanted.name, 'cache');
    return;
  }
  if (options.hub.offline) {
    throw new ModelError(
      'HUB_UNREACHABLE',
      `${wanted.name} is not in the cache (${options.hub.cache}), and HF_HUB_OFFLINE is set; unset it or use --from.`,
    );
  }
  await downloadFile({ ...source, ...wanted }, target, options);
  options.report(wanted.name, 'hub');
}

const folderStem = ({ repo }: Source) => `${repo.replaceAll('/', '--')}@`;

/** Where the files of a published checkpoint come to lie, each commit in a folder of its own. */
export function checkpointFolder(source: Source, downloads: string): string {
  return path.join(downloads, `${folderStem(source)}${source.commit.slice(0, 12)}`);
}

/** Folders that pulls of this repository left, of whichever commit. */
export function checkpointFolders(source: Source, downloads: string): string[] {
  if (!existsSync(downloads)) return [];
  const names = readdirSync(downloads).filter((name) => name.startsWith(folderStem(source)));
  return names.map((name) => path.join(downloads, name));
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

interface Places {
  readonly downloads: string;
  /** The hub's own cache. */
  readonly cache: string;
}

/** True for a file of the right size; what is in it is not looked at. */
function isThere(file: string, { bytes }: SourceFile): boolean {
  const size = sizeOf(file);
  return size !== null && (bytes === null || size === bytes);
}

/** A folder of this disk that has every file of a published checkpoint, by name and size; null where there is none. */
export function findCheckpoint(source: Source, { downloads, cache }: Places): string | null {
  const isPinned = source.commit !== 'main';
  const pulled = isPinned ? [checkpointFolder(source, downloads)] : checkpointFolders(source, downloads);
  const folders = [...pulled, path.dirname(cachedFile(cache, source, 'any'))];
  return folders.find((folder) => source.files.every((file) => isThere(path.join(folder, file.name), file))) ?? null;
}

/** Bytes that must still be downloaded: not those of an earlier pull, whole or in part, nor those in the hub's cache. */
export function bytesToDownload(source: Source, { downloads, cache }: Places): number {
  const missing = (file: SourceFile) => {
    const target = path.join(checkpointFolder(source, downloads), file.name);
    if ([target, cachedFile(cache, source, file.name)].some((place) => isThere(place, file))) return 0;
    return Math.max(0, bytesOfFile(source, file) - (sizeOf(`${target}.incomplete`) ?? 0));
  };
  return source.files.reduce((sum, file) => sum + missing(file), 0);
}

/**
 * A folder with every file of a published checkpoint, verified: from an earlier pull, the hub's cache, or the hub. Its
 * commit is one that `pinSource` gave, or files of several states are mixed. Throws what `downloadFile` throws.
 */
export async function obtainCheckpoint(source: Source, options: ObtainOptions): Promise<string> {
  const folder = checkpointFolder(source, options.downloads);
  mkdirSync(folder, { recursive: true });
  for (const wanted of source.files) await obtainFile(source, wanted, folder, options);
  return folder;
}

/** Checks a folder that somebody brought along. Throws ModelError when a file is missing or another one. */
export async function checkCheckpoint(source: Source, folder: string, report: ObtainOptions['report']): Promise<void> {
  for (const wanted of source.files) {
    const file = path.join(folder, wanted.name);
    report(wanted.name, null);
    if (!existsSync(file)) throw new ModelError('MODEL_FILE_MISSING', `There is no ${wanted.name} in ${folder}.`);
    await checkFile(file, wanted);
    report(wanted.name, 'folder');
  }
}
