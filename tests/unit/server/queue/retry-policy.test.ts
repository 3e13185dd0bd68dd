import { delayMs, judge, MOST_CRASHES, MOST_FAILURES, MOST_INTERRUPTIONS } from '../../../../server/queue/retry-policy';

const none = { failures: 0, crashes: 0, interruptions: 0 };
const error = (code: 'STORAGE_FULL' | 'IMAGE_CORRUPT' | 'DECODE_CRASHED' | 'CAPTION_TIMEOUT', retryable = true) =>
  ({ kind: 'error', code, retryable }) as const;

test('bad input is never tried again', () => {
  expect(judge(none, error('IMAGE_CORRUPT', false), 0.5)).toEqual({
    retry: false,
    code: 'IMAGE_CORRUPT',
    setbacks: none,
  });
});

test('`retryable` alone decides, whatever the code', () => {
  expect(judge(none, error('STORAGE_FULL', false), 0.5).retry).toBe(false);
  expect(judge(none, error('IMAGE_CORRUPT', true), 0.5).retry).toBe(true);
});

test.each(['DECODE_CRASHED', 'CAPTION_TIMEOUT'] as const)('the third %s puts the image aside', (code) => {
  let crashes = 0;
  for (;;) {
    const verdict = judge({ ...none, crashes }, error(code), 0.5);
    crashes = verdict.setbacks.crashes;
    if (!verdict.retry) break;
  }
  expect(crashes).toBe(MOST_CRASHES);
});

test('other failures are tried eight times', () => {
  expect(judge({ ...none, failures: MOST_FAILURES - 2 }, error('STORAGE_FULL'), 0.5).retry).toBe(true);
  expect(judge({ ...none, failures: MOST_FAILURES - 1 }, error('STORAGE_FULL'), 0.5).retry).toBe(false);
});

test('the first interruptions cost no time, and ten end the job', () => {
  expect(judge(none, { kind: 'interrupted' }, 0.5)).toMatchObject({ retry: true, delayMs: 0 });
  expect(judge({ ...none, interruptions: 3 }, { kind: 'interrupted' }, 0.5)).toMatchObject({ delayMs: 750 });
  expect(judge({ ...none, interruptions: MOST_INTERRUPTIONS - 1 }, { kind: 'interrupted' }, 0.5)).toMatchObject({
    retry: false,
    code: 'JOB_INTERRUPTED',
  });
});

test('an interruption is not held against the image', () => {
  const { setbacks } = judge({ failures: 1, crashes: 2, interruptions: 0 }, { kind: 'interrupted' }, 0.5);
  expect(setbacks).toEqual({ failures: 1, crashes: 2, interruptions: 1 });
});

test('delays double up to ten minutes, and chance takes up to half of them', () => {
  expect([1, 2, 3, 4].map((times) => delayMs(times, 1))).toEqual([1000, 2000, 4000, 8000]);
  expect(delayMs(3, 0)).toBe(2000);
  expect(delayMs(40, 1)).toBe(600_000);
});
