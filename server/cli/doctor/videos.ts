import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../../errors';
import { findDecoder, type Decoder } from '../../video/decoder';
import { note, ok, problem, type Finding, type Ground } from './check';

const TRY_MS = 10_000;
/** The oldest version whose flags are used. */
const OLDEST = { major: 5, minor: 1 };

/** Whether videos can be read, and without any network. Pictures need none of it, so what is missing is no problem. */
export async function lookAtVideos({ config: { video } }: Ground): Promise<readonly Finding[]> {
  try {
    return await examineDecoder(await findDecoder(video));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'VIDEO_DECODER_MISSING') throw error;
    const advice =
      'Install it (Debian: apt-get install ffmpeg) or name it with ALTSMITH_FFMPEG. Pictures are described without it.';
    // Who named a program meant that there is one.
    if (video.ffmpeg !== null)
      return [problem(`ALTSMITH_FFMPEG names no program with its ffprobe: ${video.ffmpeg}`, advice)];
    return [note('ffmpeg and ffprobe are not here, so no video can be read.', advice)];
  }
}

async function examineDecoder({ ffmpeg, confinement }: Decoder): Promise<readonly Finding[]> {
  const version = await versionOf(ffmpeg);
  if (version === null) return [problem(`${ffmpeg} does not say which version of ffmpeg it is.`, 'Install it again.')];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  const advice = 'Install ffmpeg 5.1 or newer.';
  const found = isOld
    ? problem(`ffmpeg ${version} is too old to read videos safely.`, advice)
    : ok(`Videos are read by ffmpeg ${version} (${ffmpeg}).`);
  if (confinement.some((word) => word.endsWith('unshare'))) return [found];
  return [
    found,
    note(
      'ffmpeg cannot be run without a network here (unshare is missing or not allowed); it may still open local files only.',
    ),
  ];
}

/** Builds from a repository have a name in place of numbers, and count as new. */
async function versionOf(ffmpeg: string): Promise<string | null> {
  const told = await promisify(execFile)(ffmpeg, ['-version'], { timeout: TRY_MS }).catch(() => null);
  const version = /^ffmpeg version n?(\S+)/.exec(told?.stdout ?? '')?.[1];
  if (version === undefined) return null;
  return /^\d+\.\d+/.exec(version)?.[0] ?? '99.0';
}
