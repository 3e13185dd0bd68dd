import { createHash } from 'node:crypto';
import type { ModelInfo } from '../../models/captioner';
import type { Job, JobRequest } from '../contract/job';
import { AppError } from '../errors';
import type { ImageStore } from '../intake/image-store';
import type { VideoStore } from '../intake/video-store';
import type { JobWork } from '../queue/queue';
import { modelKey, type ResultStore } from './result-store';
import type { VideoLookStore } from './video-look-store';

/** The picture or the video that a request is about. */
export interface AskedMedia {
  /** Of the bytes that are looked at; where frames came in place of a video, of the video itself. */
  readonly sha256: string;
  /** Undefined for a picture. */
  readonly video: JobWork['video'];
}

export interface MediaParts {
  readonly images: Pick<ImageStore, 'hasPicture'>;
  readonly results: Pick<ResultStore, 'has'>;
  readonly videos: Pick<VideoStore, 'hasBytes'>;
  readonly videoLooks: Pick<VideoLookStore, 'has'>;
  /** Throws VIDEO_DECODER_MISSING. */
  readonly requireDecoder: () => void;
  readonly model: () => ModelInfo | null;
}

type Frames = NonNullable<JobRequest['frames']>;

function shaOfFrames(frames: Frames): string {
  return createHash('sha256')
    .update(frames.map(({ image_sha256 }) => image_sha256).join(' '))
    .digest('hex');
}

export function mediaOf(request: JobRequest): AskedMedia {
  const { image_sha256, video_sha256, frames, video, source_sha256 } = request;
  if (frames !== undefined) return { sha256: source_sha256 ?? shaOfFrames(frames), video: { frames, ...video } };
  if (video_sha256 !== undefined) return { sha256: video_sha256, video: {} };
  if (image_sha256 === undefined) throw new AppError('BAD_REQUEST');
  return { sha256: image_sha256, video: undefined };
}

/** The same of a job that is there. */
export function mediaOfJob({ image_sha256 }: Job, { video }: JobWork): AskedMedia {
  return { sha256: image_sha256, video };
}

/**
 * Throws IMAGE_UNKNOWN or VIDEO_UNKNOWN unless the bytes are here, or today's model has already said what it sees in them;
 * VIDEO_DECODER_MISSING where nobody could look at them.
 */
export function requireMedia(parts: MediaParts, { sha256, video }: AskedMedia): void {
  const model = parts.model();
  if (video === undefined) {
    if (model !== null && parts.results.has(sha256, modelKey(model))) return;
    if (!parts.images.hasPicture(sha256)) throw new AppError('IMAGE_UNKNOWN');
    return;
  }
  if (model !== null && parts.videoLooks.has(sha256, modelKey(model))) return;
  if (video.frames === undefined) {
    if (!parts.videos.hasBytes(sha256)) throw new AppError('VIDEO_UNKNOWN');
    parts.requireDecoder();
    return;
  }
  const missing = video.frames.map(({ image_sha256 }) => image_sha256).filter((one) => !parts.images.hasPicture(one));
  if (missing.length > 0) throw new AppError('IMAGE_UNKNOWN', { missing });
}
