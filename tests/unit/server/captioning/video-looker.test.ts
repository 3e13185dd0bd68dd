import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { modelKey } from '../../../../server/captioning/result-store';
import { videoLooker, type VideoLookerParts } from '../../../../server/captioning/video-looker';
import { AppError, type ErrorCode } from '../../../../server/errors';
import type { Claim } from '../../../../server/queue/queue';
import { samplePng } from '../../../support/sample-image';

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

test('a video that a change-over finds half described names both models, and is a demonstration if one of them is', async () => {
  const refs = [
    { id: 'mini', precision: 'int8', demonstration: true, calibrated: false, fingerprint: 'f1' },
    { id: 'blip-base', precision: 'int8', demonstration: false, calibrated: true, fingerprint: 'f2' },
  ];
  const replies = refs.map((model, at) => ({ alt_text: `A sign ${at}`, seo: { title: null }, confidence: 0.5, model }));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-looker-'));
  const { bytes } = samplePng(1);
  writeFileSync(path.join(folder, 'still'), bytes);
  const look = videoLooker({
    engine: { state: () => NO_WORKER_HERE },
    model: () => MODEL,
    elsewhere: ({ file }: { file: string }) => {
      rmSync(file);
      return Promise.resolve(replies.shift());
    },
    videoLooksOf: () => ({ get: () => null }),
    imagesOf: () => ({
      captionablePath: () => path.join(folder, 'still'),
      draftPath: (name: string) => path.join(folder, name),
      removeDrafts: () => Promise.resolve(),
    }),
    temporary: folder,
    limits: { maxBytes: 1e6, maxPixels: 1e6 },
  } as unknown as VideoLookerParts);
  const frames = [0, 5].map((at) => ({ image_sha256: String(at), at }));
  const claim = { ...CLAIM, work: { video: { frames, duration: 10 } } } as unknown as Claim;
  try {
    const seen = await look(claim, new AbortController().signal);
    expect(seen.look.model).toEqual({
      id: 'blip-base + mini',
      precision: 'int8',
      demonstration: true,
      calibrated: false,
    });
    // It is nobody's look: neither model's later texts are made from it.
    expect(refs.map(modelKey)).not.toContain(modelKey(seen.look.model));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each<[ErrorCode, ErrorCode]>([
  ['IMAGE_UNKNOWN', 'VIDEO_UNKNOWN'],
  ['STORAGE_UNAVAILABLE', 'STORAGE_UNAVAILABLE'],
])('%s of a video’s own bytes is told as %s', async (thrown, code) => {
  await expect(lookerWith(null, thrown)(CLAIM, new AbortController().signal)).rejects.toMatchObject({ code });
});
