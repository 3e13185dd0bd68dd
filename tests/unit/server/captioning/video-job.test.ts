import pino from 'pino';
import { videoJob, type VideoJobParts } from '../../../../server/captioning/video-job';
import { AppError, type ErrorCode } from '../../../../server/errors';
import type { Claim, FailedBy } from '../../../../server/queue/queue';

const CLAIM = {
  jobId: 'job_1',
  siteId: 'site_1',
  attempt: 1,
  token: 1,
  imageSha256: 'a',
  work: {},
} as unknown as Claim;

function partsOf(more: Partial<VideoJobParts> = {}) {
  const seen = { blames: [] as (FailedBy['blame'] | 'the job')[], dropped: 0, released: 0, ended: [] as boolean[] };
  const look = { model: {}, scenes: [], poster: null } as never;
  const parts: VideoJobParts = {
    queue: {
      leaseMs: 60_000,
      renew: () => true,
      fail: (_claim, error, by) => {
        seen.blames.push(by?.blame ?? 'the job');
        return by?.blame === 'nobody' || error.retryable ? 'waiting' : 'failed';
      },
      release: () => void (seen.released += 1),
    },
    finisher: { videoTextsOf: () => new Promise(() => undefined), finishVideo: () => undefined as never },
    look: () =>
      Promise.resolve({
        look,
        thumbnail: null,
        end: (isKept) => {
          seen.ended.push(isKept);
          return Promise.resolve();
        },
      }),
    videosOf: () => ({ dropBytes: () => void (seen.dropped += 1) }),
    keepPosterMs: 0,
    translate: () => null,
    runsHere: { begin: () => undefined, end: () => undefined },
    machine: 'here',
    logger: pino({ level: 'silent' }),
    ...more,
  };
  return { parts, seen };
}

const failing = (code: ErrorCode) => partsOf({ look: () => Promise.reject(new AppError(code)) });

test.each<ErrorCode>(['VIDEO_UNREADABLE', 'VIDEO_WITHOUT_PICTURES', 'VIDEO_TOO_MANY_PIXELS', 'VIDEO_TOO_LONG'])(
  'a file that ends with %s fails, and its bytes go',
  async (code) => {
    const { parts, seen } = failing(code);
    await videoJob(parts, CLAIM, new AbortController().signal);
    expect(seen).toMatchObject({ blames: ['the job'], dropped: 1 });
  },
);

test.each<ErrorCode>([
  ...(['MODEL_UNAVAILABLE', 'CAPTION_MODEL_MISSING', 'VIDEO_DECODER_MISSING', 'QUEUE_FULL'] as const),
  ...(['STORAGE_FULL', 'STORAGE_UNAVAILABLE', 'SHUTTING_DOWN'] as const),
])('%s is the machine’s, and the video waits with its bytes', async (code) => {
  const { parts, seen } = failing(code);
  await videoJob(parts, CLAIM, new AbortController().signal);
  expect(seen).toMatchObject({ blames: ['nobody'], dropped: 0 });
});

test.each<ErrorCode>(['VIDEO_TOO_LARGE', 'IMAGE_UNKNOWN'])('%s ends a job, and takes no bytes', async (code) => {
  const { parts, seen } = failing(code);
  await videoJob(parts, CLAIM, new AbortController().signal);
  expect(seen).toMatchObject({ blames: ['the job'], dropped: 0 });
});

test('a translation that does not end keeps no sidecar from stopping', async () => {
  const stopping = new AbortController();
  const { parts, seen } = partsOf();
  const running = videoJob(parts, CLAIM, stopping.signal);
  setImmediate(() => stopping.abort());
  await running;
  expect(seen).toMatchObject({ released: 1, ended: [false], blames: [] });
});
