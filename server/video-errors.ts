import type { CatalogueEntry } from './start-errors';

/** Errors of reading a video, as a part of the catalogue in server/errors.ts. */
export const VIDEO_ERRORS = {
  VIDEO_DECODER_MISSING: {
    status: 503,
    message:
      'Videos are read by the programs ffmpeg and ffprobe, which are not here; install them (Debian: apt-get install ffmpeg) or name ffmpeg with ALTSMITH_FFMPEG.',
    retryable: true,
  },
  VIDEO_TOO_LARGE: {
    status: 413,
    message: 'The video has more bytes than is accepted here; send a smaller copy, or raise ALTSMITH_MAX_VIDEO_BYTES.',
    retryable: false,
  },
  VIDEO_TYPE_UNSUPPORTED: {
    status: 415,
    message: 'This is not a video in MP4, MOV, WebM, MKV, AVI, MPEG, Ogg, FLV or WMV.',
    retryable: false,
  },
  VIDEO_UNKNOWN: {
    status: 422,
    message: 'No video with this sha256 is stored; send it first with PUT /v1/videos/{sha256}.',
    retryable: false,
  },
  VIDEO_UNREADABLE: {
    status: 422,
    message:
      'The file is damaged or no video that is read here; send a whole MP4, MOV, WebM, MKV, AVI, MPEG, Ogg, FLV or WMV.',
    retryable: false,
  },
  VIDEO_WITHOUT_PICTURES: {
    status: 422,
    message: 'The file holds no picture that shows anything: only sound, a cover, or black and plain frames.',
    retryable: false,
  },
  VIDEO_TOO_MANY_PIXELS: {
    status: 422,
    message: 'The pictures of the video are larger than is accepted here; send a smaller copy.',
    retryable: false,
  },
  VIDEO_TOO_LONG: {
    status: 422,
    message: 'The video is longer than four hours; send it in parts.',
    retryable: false,
  },
  VIDEO_QUESTION_NOT_POSSIBLE: {
    status: 422,
    message: 'Questions can be asked about pictures, not about videos; ask about a still of the video.',
    retryable: false,
  },
  VIDEO_TIMEOUT: { status: 504, message: 'Reading the video took too long and was stopped.', retryable: true },
} as const satisfies Record<string, CatalogueEntry>;
