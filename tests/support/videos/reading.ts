import path from 'node:path';
import { findDecoder } from '../../../server/video/decoder';
import type { VideoReading } from '../../../server/video/read-video';

/** Reads videos with the ffmpeg of this machine, into folders inside `folder`. */
export async function readingIn(folder: string): Promise<VideoReading> {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const decoder = await findDecoder({ ffmpeg: null, folders, maxBytes: 0 });
  return { decoder, maxBytes: 100_000_000, folder };
}
