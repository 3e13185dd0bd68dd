import { integer } from './http-settings';

/** Settings of how much may be stored and wait, and for how long, as a part of Environment in server/config.ts. */
export const DATA_SETTINGS = {
  ALTSMITH_KEEP_ORIGINALS_MINUTES: integer(0, 5_000_000)
    .default(15)
    .describe('How long the bytes of an image stay once its jobs have ended.'),
  ALTSMITH_KEEP_THUMBNAILS_DAYS: integer(0, 36_500)
    .default(90)
    .describe(
      'How long the thumbnail of an image stays once nothing about the image is left to decide or to write back; no longer than ALTSMITH_KEEP_HISTORY_DAYS.',
    ),
  ALTSMITH_KEEP_HISTORY_DAYS: integer(1, 36_500)
    .default(180)
    .describe(
      'How long decided suggestions, ended jobs and the change feed stay. What waits for a person or for the CMS stays however old it is.',
    ),
  ALTSMITH_KEEP_PREDICTIONS_HOURS: integer(1, 100_000)
    .default(24)
    .describe('How long predictions and their pictures stay.'),
  ALTSMITH_QUEUE_LIMIT: integer(1, 10_000_000)
    .default(200_000)
    .describe('Jobs that may wait at a time; more are refused with QUEUE_FULL.'),
  ALTSMITH_SITE_QUEUE: integer(1, 10_000_000)
    .optional()
    .describe(
      'Waiting jobs of one site; a tenth of them is kept for jobs that are not part of a backfill. Unset: three quarters of ALTSMITH_QUEUE_LIMIT.',
    ),
  ALTSMITH_SITE_BYTES: integer(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'Bytes of pictures and thumbnails that one site may have stored; a further picture gets SITE_FULL. Unset: the pictures that wait to be described may take as much as they leave free.',
    ),
};
