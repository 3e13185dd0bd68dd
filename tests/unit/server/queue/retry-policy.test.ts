import {
  CERTAIN,
  delayMs,
  judge,
  judgeDoubts,
  MOST_CRASHES,
  MOST_DOUBTS,
  MOST_FAILURES,
  MOST_INTERRUPTIONS,
} from '../../../../server/queue/retry-policy';

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

describe('a failure that may be the machine’s', () => {
  const crash = (machine: string, at: number) => ({ machine, at, code: 'DECODE_CRASHED' as const });
  const sick = { wellAt: () => null, random: 0.5 };

  test('does not count while only one machine had the picture, and it did no other since', () => {
    const doubts = [crash('one', 10), crash('one', 20), crash('one', 30), crash('one', 40)];
    expect(judgeDoubts(none, doubts, sick)).toMatchObject({ retry: true, setbacks: none });
    expect(judgeDoubts(none, doubts, { ...sick, wellAt: () => 9 })).toMatchObject({ retry: true });
  });

  test('counts once a second machine failed at it too', () => {
    expect(judgeDoubts(none, [crash('one', 10), crash('two', 20)], sick)).toMatchObject({ retry: true });
    expect(judgeDoubts(none, [crash('one', 10), crash('two', 20), crash('one', 30)], sick)).toMatchObject({
      retry: false,
      code: 'DECODE_CRASHED',
    });
  });

  test('counts once the same machine did another picture since, or is known to have been well', () => {
    const doubts = [crash('one', 10), crash('one', 20), crash('one', 30)];
    expect(judgeDoubts(none, doubts, { ...sick, wellAt: () => 25 })).toMatchObject({ retry: true });
    expect(judgeDoubts(none, doubts, { ...sick, wellAt: () => 31 })).toMatchObject({ retry: false });
    const certain = [crash('one', CERTAIN), crash('one', CERTAIN), crash('one', CERTAIN)];
    expect(judgeDoubts(none, certain, sick)).toMatchObject({ retry: false });
  });

  test('adds to what was certain before', () => {
    expect(judgeDoubts({ ...none, crashes: 2 }, [crash('one', CERTAIN)], sick).retry).toBe(false);
  });

  test('ends the job at once where it is final and certain', () => {
    const doubt = (machine: string, at: number) => ({ machine, at, code: 'MODEL_REPLY_UNUSABLE' as const });
    expect(judgeDoubts(none, [doubt('one', 10)], sick)).toMatchObject({ retry: true });
    const over = { retry: false, code: 'MODEL_REPLY_UNUSABLE' };
    expect(judgeDoubts(none, [doubt('one', 10)], { ...sick, wellAt: () => 10 })).toMatchObject(over);
    expect(judgeDoubts(none, [doubt('one', 10), doubt('two', 20)], sick)).toMatchObject(over);
  });

  test('is not tried for ever', () => {
    const doubts = Array.from({ length: MOST_DOUBTS }, (_, turn) => crash('one', turn + 1));
    expect(judgeDoubts(none, doubts.slice(1), sick).retry).toBe(true);
    expect(judgeDoubts(none, doubts, sick).retry).toBe(false);
  });
});
