import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { usableCores } from '../captioning/cpu-quota';
import { storageProblem } from '../storage/sqlite-error';
import { runConfined, type Bounds } from './confined-process';
import { CAUTION, DECODERS, inputOf, MOST_PIXELS } from './ffmpeg-flags';
import { jpegsIn } from './jpeg-stream';
import { failureOf, throwIfStopped, type VideoFacts, type VideoSource } from './probe';
import { sampleOf, THUMBNAIL_BYTES, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, type Sample } from './thumbnail';

/** Samples a second, so that every scene of two seconds has three whole ones. */
const USUAL_RATE = 2;
/** More are not taken: in a longer video they lie further apart. */
const MOST_SAMPLES = 1200;
/** Of a video longer than this only the key frames are decoded. */
const WHOLE_SECONDS = MOST_SAMPLES / USUAL_RATE;
/** As large as any of the models looks at, and large enough for a poster. */
const SIDE = 768;
/** Of ffmpeg's scale from 1 to 31, where 1 is best. */
const JPEG_QUALITY = 3;
/** A second thread makes ffmpeg faster; each has frames of its own in memory. */
const MOST_THREADS = 2;

/** Time for any video, and for each second of it. */
const START_SECONDS = 30;
const SECONDS_PER_SECOND = 1;

export interface Samples {
  /** A second; sample n shows what is seen n / rate seconds after the beginning. */
  readonly rate: number;
  readonly thumbnails: readonly Sample[];
  /** JPEG of each, of at most 768 pixels a side. */
  readonly files: readonly string[];
  /** False where decoding ended with an error, as in a cut file. */
  readonly isWhole: boolean;
}

function boundsFor(seconds: number): Bounds {
  const limit = START_SECONDS + SECONDS_PER_SECOND * Math.min(seconds, WHOLE_SECONDS);
  return { wallMs: limit * 1000, cpuSeconds: limit, memoryBytes: 2_000_000_000, outputBytes: 300_000_000 };
}

function filters(stream: number, rate: number): string {
  const small = `scale=${THUMBNAIL_WIDTH}:${THUMBNAIL_HEIGHT}:flags=area,format=rgb24`;
  const large = `scale=w='min(${SIDE},iw)':h='min(${SIDE},ih)':force_original_aspect_ratio=decrease,format=yuvj420p`;
  return `[0:${stream}]fps=${rate}:round=up,split[a][b];[a]${small}[small];[b]${large}[large]`;
}

function argumentsFor({ file }: VideoSource, { stream, seconds }: VideoFacts, rate: number): string[] {
  // What no other frame depends on is left out: three of four in most videos, and a cut is seen all the same.
  const skipped = (seconds ?? 0) > WHOLE_SECONDS ? 'nokey' : 'noref';
  const threads = String(Math.min(MOST_THREADS, usableCores()));
  const most = String(MOST_SAMPLES);
  return [
    '-nostdin',
    ...CAUTION,
    ...['-codec_whitelist', DECODERS],
    ...['-filter_complex_threads', '1', '-threads', threads, '-max_pixels', String(MOST_PIXELS)],
    ...['-skip_frame', skipped, ...inputOf(file), '-filter_complex', filters(stream, rate)],
    ...['-map', '[small]', '-frames:v', most, '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
    ...['-map', '[large]', '-frames:v', most, '-c:v', 'mjpeg', '-threads', '1', '-q:v', String(JPEG_QUALITY)],
    ...['-f', 'image2pipe', 'pipe:3'],
  ];
}

/** What is known of each picture is found out as it comes, so that nobody else has to wait for all of them. */
async function readThumbnails(chunks: AsyncIterable<Buffer>, into: Sample[]): Promise<void> {
  let picture = new Uint8Array(THUMBNAIL_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + THUMBNAIL_BYTES - filled);
      picture.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < THUMBNAIL_BYTES) continue;
      into.push(sampleOf(picture));
      picture = new Uint8Array(THUMBNAIL_BYTES);
      filled = 0;
    }
  }
}

async function writeJpegs(chunks: AsyncIterable<Buffer>, folder: string, files: string[]): Promise<void> {
  for await (const jpeg of jpegsIn(chunks)) {
    const file = path.join(folder, `${files.length}.jpg`);
    try {
      await writeFile(file, jpeg);
    } catch (error) {
      throw storageProblem(error) ?? error;
    }
    files.push(file);
  }
}

/**
 * Decodes a video once and takes pictures of it at an even pace, into files of `into`. Throws AppError VIDEO_UNREADABLE where there is not
 * even one, VIDEO_TIMEOUT, VIDEO_DECODER_MISSING, STORAGE_FULL, or SHUTTING_DOWN where the caller has stopped it.
 */
export async function sampleVideo(source: VideoSource, facts: VideoFacts, into: string): Promise<Samples> {
  const seconds = facts.seconds ?? WHOLE_SECONDS;
  const rate = Math.min(USUAL_RATE, MOST_SAMPLES / Math.max(1, seconds));
  const thumbnails: Sample[] = [];
  const files: string[] = [];
  const { decoder, folder, signal } = source;
  const ending = await runConfined({
    command: [decoder.ffmpeg, ...argumentsFor(source, facts, rate)],
    confinement: decoder.confinement,
    folder,
    bounds: boundsFor(seconds),
    readers: [(chunks) => readThumbnails(chunks, thumbnails), (chunks) => writeJpegs(chunks, into, files)],
    signal,
  });
  throwIfStopped(ending);
  const count = Math.min(thumbnails.length, files.length);
  if (count === 0) throw await failureOf(ending, decoder.ffmpeg, source);
  return { rate, thumbnails: thumbnails.slice(0, count), files: files.slice(0, count), isWhole: ending.code === 0 };
}
