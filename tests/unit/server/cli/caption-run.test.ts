import path from 'node:path';
import { describeAll } from '../../../../server/cli/caption/run-all';
import type { Wishes } from '../../../../server/cli/caption/words';
import { AppError, type ErrorCode } from '../../../../server/errors';
import { FakeEngine } from '../../../support/fake-engine';

const CAT = path.resolve(__dirname, '../../../fixtures/images/cat.jpg');
const WISHES: Wishes = {
  pictures: [],
  model: null,
  options: {},
  question: null,
  language: null,
  glossary: [],
  json: false,
  csv: null,
};

/** Describes the cat so many times; gives what was printed, and the number of failures. */
async function describeCats(engine: FakeEngine, cats: number, signal = new AbortController().signal) {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text.replace(/:.*\(/, ': … (').trimEnd());
  const progress = { step: () => undefined, beside: (work: () => void) => work(), end: () => undefined };
  const inputs = Array.from({ length: cats }, (_, at) => ({ name: `${at}`, file: CAT }));
  const videos = () => Promise.reject(new AppError('VIDEO_DECODER_MISSING'));
  const run = { maxBytes: 1e6, signal, translators: null, videos, table: null, progress, out: print, complain: print };
  return { failures: await describeAll(engine, inputs, WISHES, run), printed };
}

test.each([
  ['IMAGE_UNKNOWN', 'FILE_UNREADABLE'],
  ['STORAGE_UNAVAILABLE', 'FILE_UNREADABLE'],
  ['IMAGE_CORRUPT', 'IMAGE_CORRUPT'],
] as [ErrorCode, ErrorCode][])('a picture of which a worker says %s is told as %s', async (code, told) => {
  const engine = new FakeEngine();
  engine.before = () => {
    throw new AppError(code);
  };
  expect(await describeCats(engine, 1)).toEqual({ failures: 1, printed: [`0: … (${told})`] });
});

test('a run that is ended early begins no more, and says nothing of what it held', async () => {
  const engine = new FakeEngine();
  const abort = new AbortController();
  engine.before = () => {
    if (engine.requests.length < 3) return;
    abort.abort();
    throw new AppError('SHUTTING_DOWN');
  };
  const { failures, printed } = await describeCats(engine, 10, abort.signal);
  expect(failures).toBe(0);
  expect(printed.length).toBeLessThan(3);
  // One more is begun ahead of the one whose turn it is.
  expect(engine.requests.length).toBeLessThanOrEqual(4);
});
