import type { Captioner } from '../../../../models/captioner';
import { wordsInScene } from '../../../../server/captioning/words-in-scene';

const read = { lines: [], linesLeftOut: 0, upsideDown: false, unreadable: true };
const captionOf = (text: string) => ({
  candidates: [{ text, tokens: [], logProbs: [], score: 0 }] as const,
  confidence: 0.8,
  labels: [],
  timingsMs: { vision: 1, text: 1 },
});
const picture = { key: 'a', pixels: () => Promise.reject(new Error('not looked at')) };

function look(answer: () => Promise<ReturnType<typeof captionOf>>, begun = performance.now()) {
  const abort = new AbortController();
  const [caption, failed] = [jest.fn(answer), jest.fn()];
  const captioner = { info: { tasks: ['caption', 'ocr'] }, caption } as unknown as Captioner;
  const words = (reading: Promise<typeof read>) =>
    wordsInScene(captioner, picture, reading, {
      ...{ caption: captionOf('a shop'), begun, signal: abort.signal, failed },
    });
  return { abort, caption, failed, words };
}

test('words that the captioning model reads take the place of those that Tesseract could not', async () => {
  const { words } = look(() => Promise.resolve(captionOf('Open daily')));
  expect(await words(Promise.resolve(read))).toMatchObject({ lines: [{ text: 'Open daily' }], unreadable: false });
});

test('a second look that fails leaves the words as they were, and says why', async () => {
  const { words, failed } = look(() => Promise.reject(new Error('no room')));
  expect(await words(Promise.resolve(read))).toBe(read);
  expect(failed).toHaveBeenCalledWith('no room');
});

test('a picture that took long gets no second look', async () => {
  const { words, caption } = look(() => Promise.resolve(captionOf('Open daily')), performance.now() - 20_001);
  expect(await words(Promise.resolve(read))).toBe(read);
  expect(caption).not.toHaveBeenCalled();
});

test('a cancelled run waits neither for the reading nor for the second look', async () => {
  const waiting = look(() => Promise.resolve(captionOf('')));
  const unread = waiting.words(new Promise(() => undefined));
  waiting.abort.abort(new Error('cancelled'));
  await expect(unread).rejects.toThrow('cancelled');
  const looking = look(() => {
    looking.abort.abort();
    return Promise.reject(new Error('stopped'));
  });
  await expect(looking.words(Promise.resolve(read))).rejects.toThrow('stopped');
});
