import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MOST_FRAMES } from '../contract/video';
import { AppError } from '../errors';
import { chooseFrames } from './choose-frames';
import type { Decoder } from './decoder';
import { probeVideo } from './probe';
import { sampleVideo } from './sample-video';

/** A picture of the video that stands for one of its scenes. Times are seconds from the beginning. */
export interface VideoFrame {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Absolute path of its JPEG, of at most 768 pixels a side. */
  readonly file: string;
}

export interface ReadVideo {
  /** Seconds: what the file says, else what was seen of it. */
  readonly duration: number;
  readonly hasSound: boolean;
  /** False where the file is cut or damaged further on, and the frames are of its beginning. */
  readonly isWhole: boolean;
  /** In order. */
  readonly frames: readonly [VideoFrame, ...VideoFrame[]];
}

export interface VideoReading {
  readonly decoder: Decoder;
  readonly maxBytes: number;
  /** Where the frames are put, in a folder of their own that is gone when `use` has ended. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Throws AppError FILE_UNREADABLE or VIDEO_TOO_LARGE. */
async function checkVideo(file: string, maxBytes: number): Promise<void> {
  const facts = await stat(file).catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', {}, { cause });
  });
  // A pipe or a device could be read for ever.
  if (!facts.isFile()) throw new AppError('FILE_UNREADABLE');
  if (facts.size > maxBytes) throw new AppError('VIDEO_TOO_LARGE', { max_bytes: maxBytes });
}

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

async function read(file: string, { decoder, signal }: VideoReading, folder: string): Promise<ReadVideo> {
  const source = { file: path.resolve(file), decoder, folder: path.join(folder, 'empty'), signal };
  const pictures = path.join(folder, 'frames');
  for (const made of [source.folder, pictures]) await mkdir(made);
  const facts = await probeVideo(source);
  const { rate, thumbnails, files, isWhole } = await sampleVideo(source, facts, pictures);
  const chosen = chooseFrames(thumbnails, { rate, mostFrames: MOST_FRAMES });
  const duration = rounded(facts.seconds ?? thumbnails.length / rate);
  const [first, ...others] = chosen.flatMap(({ sample, first: from, last }): VideoFrame[] => {
    const picture = files[sample];
    if (picture === undefined) return [];
    const to = Math.max(from / rate, Math.min((last + 1) / rate, duration));
    return [{ at: rounded(sample / rate), from: rounded(from / rate), to: rounded(to), file: picture }];
  });
  if (first === undefined) throw new AppError('VIDEO_WITHOUT_PICTURES');
  return { duration, hasSound: facts.hasSound, isWhole, frames: [first, ...others] };
}

/**
 * Reads a video that a stranger made, and hands the frames that tell what it shows to `use`; nothing of it is left afterwards. Throws the
 * AppErrors of VIDEO_ERRORS, FILE_UNREADABLE and STORAGE_FULL.
 */
export async function withVideo<Result>(
  file: string,
  reading: VideoReading,
  use: (video: ReadVideo) => Promise<Result>,
): Promise<Result> {
  await checkVideo(file, reading.maxBytes);
  const folder = await mkdtemp(path.join(reading.folder, 'video-'));
  try {
    return await use(await read(file, reading, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
