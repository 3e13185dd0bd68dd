import { z } from 'zod';
import { LONGEST_VIDEO } from '../contract/video';
import { AppError } from '../errors';
import { runConfined, type Bounds, type Ending } from './confined-process';
import type { Decoder } from './decoder';
import { CAUTION, DECODERS, inputOf, LONGEST_SIDE, MOST_PIXELS } from './ffmpeg-flags';

/** What the file says of itself; a hostile one may lie about all of it. */
export interface VideoFacts {
  /** Null where it does not say. */
  readonly seconds: number | null;
  readonly width: number;
  readonly height: number;
  readonly hasSound: boolean;
  /** Number of the stream with the pictures. */
  readonly stream: number;
}

export interface VideoSource {
  readonly file: string;
  readonly decoder: Decoder;
  /** An empty folder, in which the programs start. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

const PROBE_BOUNDS: Bounds = {
  wallMs: 30_000,
  cpuSeconds: 10,
  memoryBytes: 2_000_000_000,
  outputBytes: 1_000_000,
};

const ENTRIES =
  'format=duration:stream=index,codec_type,codec_name,width,height,duration:stream_disposition=attached_pic';

const Seconds = z.coerce.number().nonnegative().nullish().catch(null);
const Probe = z.object({
  format: z.object({ duration: Seconds }).default({ duration: null }),
  streams: z
    .array(
      z.object({
        index: z.number().int(),
        codec_type: z.string().default(''),
        codec_name: z.string().default('unknown'),
        width: z.number().int().default(0),
        height: z.number().int().default(0),
        duration: Seconds,
        disposition: z.object({ attached_pic: z.number().default(0) }).default({ attached_pic: 0 }),
      }),
    )
    .default([]),
});

/** Throws the AppError of a program that was stopped; says nothing of one that failed by itself. */
export function throwIfStopped({ stopped }: Ending): void {
  if (stopped === 'time') throw new AppError('VIDEO_TIMEOUT');
  if (stopped === 'output') throw new AppError('VIDEO_UNREADABLE');
  if (stopped === 'aborted') throw new AppError('SHUTTING_DOWN');
}

/** Exit codes of the shell for a program that it cannot start, and of one whose libraries are missing. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([126, 127]);

async function drain(chunks: AsyncIterable<Buffer>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  for (let isAtEnd = false; !isAtEnd;) isAtEnd = (await iterator.next()).done === true;
}

/**
 * What it means that a program gave up on a file: VIDEO_UNREADABLE, or VIDEO_DECODER_MISSING where the program cannot even say its version
 * in the same confinement. Throws what `throwIfStopped` throws.
 */
export async function failureOf(
  { code, complaint }: Ending,
  program: string,
  { decoder, folder, signal }: VideoSource,
): Promise<AppError> {
  const cause = new Error(complaint);
  if (NOT_STARTED.has(code)) return new AppError('VIDEO_DECODER_MISSING', {}, { cause });
  const { confinement } = decoder;
  const readers = [drain];
  const command = [program, '-version'];
  const trial = await runConfined({ command, confinement, folder, bounds: PROBE_BOUNDS, readers, signal });
  throwIfStopped(trial);
  return new AppError(trial.code === 0 ? 'VIDEO_UNREADABLE' : 'VIDEO_DECODER_MISSING', {}, { cause });
}

/** What ffprobe printed. Throws AppError VIDEO_UNREADABLE, VIDEO_WITHOUT_PICTURES, VIDEO_TOO_MANY_PIXELS or VIDEO_TOO_LONG. */
export function readProbe(json: string): VideoFacts {
  const { format, streams } = Probe.parse(JSON.parse(json));
  const pictures = streams.find((one) => one.codec_type === 'video' && one.disposition.attached_pic === 0);
  const hasSound = streams.some((one) => one.codec_type === 'audio');
  if (pictures === undefined) throw new AppError(streams.length > 0 ? 'VIDEO_WITHOUT_PICTURES' : 'VIDEO_UNREADABLE');
  const { index: stream, width, height, codec_name: codec } = pictures;
  if (codec === 'unknown' || width < 1 || height < 1) throw new AppError('VIDEO_UNREADABLE');
  if (Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS)
    throw new AppError('VIDEO_TOO_MANY_PIXELS', { longest_side: LONGEST_SIDE, most_pixels: MOST_PIXELS });
  const seconds = format.duration ?? pictures.duration ?? null;
  if (seconds !== null && seconds > LONGEST_VIDEO) throw new AppError('VIDEO_TOO_LONG');
  return { seconds, width, height, hasSound, stream };
}

/** Asks ffprobe what a file is. Throws what `readProbe` throws, and AppError VIDEO_TIMEOUT or VIDEO_DECODER_MISSING. */
export async function probeVideo(source: VideoSource): Promise<VideoFacts> {
  const { file, decoder, folder, signal } = source;
  let json = '';
  // Only for pictures: ffprobe opens the decoder of each stream, and fails altogether where it may not.
  const pictures = ['-codec_whitelist:v', DECODERS];
  const ending = await runConfined({
    command: [decoder.ffprobe, ...CAUTION, ...pictures, '-of', 'json', '-show_entries', ENTRIES, ...inputOf(file)],
    confinement: decoder.confinement,
    folder,
    bounds: PROBE_BOUNDS,
    readers: [
      async (chunks) => {
        for await (const chunk of chunks) json += chunk.toString('latin1');
      },
    ],
    signal,
  });
  throwIfStopped(ending);
  if (ending.code !== 0) throw await failureOf(ending, decoder.ffprobe, source);
  return readProbe(json);
}
