import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../errors';
import type { VideoSettings } from '../video-settings';

/** The programs that read videos. All paths are absolute. */
export interface Decoder {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** The command that runs another one without any network, and ends it with this process; as much of it as this machine allows. */
  readonly confinement: readonly string[];
}

/** Ways to have a network of one's own that leads nowhere: as root, and as another user where the kernel lets it. */
const NO_NETWORK = [['--net'], ['--map-root-user', '--net']];
const TRY_MS = 5000;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not for this user.
    return false;
  }
}

function inFolders(name: string, folders: readonly string[]): string | null {
  return folders.map((folder) => path.join(folder, name)).find(isProgram) ?? null;
}

/** The first of some ways to run a command that works here, or nothing. */
async function firstThatWorks(ways: readonly (readonly string[])[], nothing: string): Promise<readonly string[]> {
  for (const way of ways) {
    const [program = '', ...words] = way;
    const works = await promisify(execFile)(program, [...words, nothing], { timeout: TRY_MS, env: {} }).then(
      () => true,
      () => false,
    );
    if (works) return way;
  }
  return [];
}

/** With programs of util-linux, which may be missing, or refused in a container. */
async function confinement(folders: readonly string[]): Promise<string[]> {
  const nothing = inFolders('true', folders);
  if (nothing === null) return [];
  const [unshare, setpriv] = [inFolders('unshare', folders), inFolders('setpriv', folders)];
  const alone = unshare === null ? [] : NO_NETWORK.map((flags) => [unshare, ...flags, '--']);
  // Limits of the time on the clock are kept by this process; one that is killed outright can keep none.
  const tied = setpriv === null ? [] : [[setpriv, '--pdeathsig', 'KILL', '--']];
  return [...(await firstThatWorks(tied, nothing)), ...(await firstThatWorks(alone, nothing))];
}

/** Finds ffmpeg and the ffprobe that belongs to it, without running either. Throws AppError VIDEO_DECODER_MISSING. */
export function locatePrograms({ ffmpeg: named, folders }: VideoSettings): Pick<Decoder, 'ffmpeg' | 'ffprobe'> {
  const ffmpeg = named ?? inFolders('ffmpeg', folders);
  if (ffmpeg === null || !isProgram(ffmpeg)) throw new AppError('VIDEO_DECODER_MISSING');
  const beside = path.dirname(ffmpeg);
  // A program called ffmpeg-7 has its ffprobe-7.
  const itsOwn = path.basename(ffmpeg).replace(/^.*ffmpeg/, 'ffprobe');
  const ffprobe =
    (itsOwn.startsWith('ffprobe') ? inFolders(itsOwn, [beside]) : null) ?? inFolders('ffprobe', [beside, ...folders]);
  if (ffprobe === null) throw new AppError('VIDEO_DECODER_MISSING');
  return { ffmpeg, ffprobe };
}

/** The decoder of this machine. Throws AppError VIDEO_DECODER_MISSING. */
export async function findDecoder(settings: VideoSettings): Promise<Decoder> {
  return { ...locatePrograms(settings), confinement: await confinement(settings.folders) };
}

/** The decoder of a process that runs for long, in which it may be installed or removed. */
export class DecoderHere {
  #confinement: Promise<readonly string[]> | null = null;

  constructor(private readonly settings: VideoSettings) {}

  /** Throws AppError VIDEO_DECODER_MISSING. */
  require(): void {
    locatePrograms(this.settings);
  }

  isHere(): boolean {
    try {
      this.require();
      return true;
    } catch {
      // Nothing else is thrown.
      return false;
    }
  }

  /** Rejects with AppError VIDEO_DECODER_MISSING. */
  async get(): Promise<Decoder> {
    const programs = locatePrograms(this.settings);
    this.#confinement ??= confinement(this.settings.folders);
    return { ...programs, confinement: await this.#confinement };
  }
}
