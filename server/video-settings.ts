import path from 'node:path';
import { z } from 'zod';
import { integer } from './http-settings';

/** Settings of reading videos, as a part of Environment in server/config.ts. */
export const VIDEO_SETTINGS = {
  ALTSMITH_FFMPEG: z
    .string()
    .optional()
    .describe(
      'The program ffmpeg (5.1 or newer), which reads videos; its ffprobe lies beside it. Unset: the one in PATH.',
    ),
  ALTSMITH_MAX_VIDEO_BYTES: integer(1, 100_000_000_000)
    .default(512_000_000)
    .describe('Videos with more bytes are refused.'),
};

export interface VideoSettings {
  /** Absolute path of ffmpeg where the settings name it; null: it is looked for in `folders`. */
  readonly ffmpeg: string | null;
  /** Folders of PATH. */
  readonly folders: readonly string[];
  readonly maxBytes: number;
}

export function videoSettings(
  settings: { readonly ALTSMITH_FFMPEG?: string | undefined; readonly ALTSMITH_MAX_VIDEO_BYTES: number },
  env: NodeJS.ProcessEnv,
): VideoSettings {
  const { ALTSMITH_FFMPEG: named, ALTSMITH_MAX_VIDEO_BYTES: maxBytes } = settings;
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return { ffmpeg: named === undefined ? null : path.resolve(named), folders, maxBytes };
}
