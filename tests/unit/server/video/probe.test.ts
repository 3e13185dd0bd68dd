import { readProbe } from '../../../../server/video/probe';
import { jpegsIn } from '../../../../server/video/jpeg-stream';

const PICTURES = { index: 1, codec_type: 'video', codec_name: 'h264', width: 1920, height: 1080 };
const SOUND = { index: 0, codec_type: 'audio', codec_name: 'aac' };
const read = (streams: object[], duration?: string) => readProbe(JSON.stringify({ format: { duration }, streams }));

test('a video says what it is', () => {
  expect(read([SOUND, PICTURES], '60.5')).toEqual({
    ...{ seconds: 60.5, width: 1920, height: 1080, hasSound: true, stream: 1 },
  });
  expect(read([PICTURES]).seconds).toBeNull();
  expect(read([{ ...PICTURES, duration: '7' }], 'N/A').seconds).toBe(7);
});

test.each([
  ['nothing', [], undefined, 'VIDEO_UNREADABLE'],
  ['only sound', [SOUND], '9', 'VIDEO_WITHOUT_PICTURES'],
  ['a cover', [SOUND, { ...PICTURES, disposition: { attached_pic: 1 } }], '9', 'VIDEO_WITHOUT_PICTURES'],
  ['a codec that nobody knows', [{ ...PICTURES, codec_name: undefined }], '9', 'VIDEO_UNREADABLE'],
  ['no size', [{ ...PICTURES, width: 0 }], '9', 'VIDEO_UNREADABLE'],
  ['16,000 pixels a side', [{ ...PICTURES, width: 16_000 }], '9', 'VIDEO_TOO_MANY_PIXELS'],
  ['8,000 × 8,000 pixels', [{ ...PICTURES, width: 8000, height: 8000 }], '9', 'VIDEO_TOO_MANY_PIXELS'],
  ['ten hours', [PICTURES], '36000', 'VIDEO_TOO_LONG'],
])('a file with %s is refused', (_what, streams, duration, code) => {
  expect(() => read(streams, duration)).toThrow(expect.objectContaining({ code }) as Error);
});

test('a row of JPEGs is parted wherever its chunks end', async () => {
  const one = Buffer.from([0xff, 0xd8, 1, 0xff, 0x00, 0xff, 0xd9]);
  const two = Buffer.from([0xff, 0xd8, 2, 0xff, 0xd9]);
  const all = Buffer.concat([one, two, one.subarray(0, 4)]);
  for (const size of [1, 2, 3, 7, 100]) {
    async function* chunks() {
      for (let at = 0; at < all.length; at += size) yield await Promise.resolve(all.subarray(at, at + size));
    }
    const found: Buffer[] = [];
    for await (const jpeg of jpegsIn(chunks())) found.push(jpeg);
    expect(found).toEqual([one, two]);
  }
});
