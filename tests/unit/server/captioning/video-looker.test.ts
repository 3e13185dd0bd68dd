import { videoLooker, type VideoLookerParts } from '../../../../server/captioning/video-looker';
import { AppError, type ErrorCode } from '../../../../server/errors';
import type { Claim } from '../../../../server/queue/queue';

const CLAIM = { jobId: 'job_1', siteId: 'site_1', imageSha256: 'a', work: { video: {} } } as unknown as Claim;
const MODEL = { id: 'mini', precision: 'int8' } as never;
const NO_WORKER_HERE = { ready: false, model: null, workers: 0, problem: null } as never;

const lookerWith = (known: object | null, code: ErrorCode) =>
  videoLooker({
    engine: { state: () => NO_WORKER_HERE },
    model: () => MODEL,
    videoLooksOf: () => ({ get: () => known }),
    imagesOf: () => ({
      captionablePath: () => {
        throw new AppError(code);
      },
    }),
  } as unknown as VideoLookerParts);

test('what the model of the workers elsewhere saw is found again, also when the bytes are gone', async () => {
  const known = { scenes: [] };
  const { look } = await lookerWith(known, 'IMAGE_UNKNOWN')(CLAIM, new AbortController().signal);
  expect(look).toBe(known);
});

test.each<[ErrorCode, ErrorCode]>([
  ['IMAGE_UNKNOWN', 'VIDEO_UNKNOWN'],
  ['STORAGE_UNAVAILABLE', 'STORAGE_UNAVAILABLE'],
])('%s of a video’s own bytes is told as %s', async (thrown, code) => {
  await expect(lookerWith(null, thrown)(CLAIM, new AbortController().signal)).rejects.toMatchObject({ code });
});
