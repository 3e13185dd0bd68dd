import type { Caption } from '../../../../models/captioner';
import { readCaption } from '../../../../server/captioning/text/reading';
import { makeKey } from '../../../support/admin-key';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_WORKERS: '0' } });
  sidecar.engine.ready = false;
});
afterAll(() => sidecar.remove());

const caption: Caption = {
  candidates: [{ text: 'a dog on a beach', tokens: [1], logProbs: [-0.1], score: -0.1 }],
  confidence: 0.8,
  labels: [],
  timingsMs: { vision: 1, text: 1 },
};
const image = { width: 16, height: 12, format: 'png', hasAlpha: false, contrast: 60, flatness: 0.2 };
const timingsMs = { decode: 1, vision: 1, text: 1, total: 3 };
const models = ['small', 'large'].map((id) => ({ id, precision: 'fp32', demonstration: false, canAnswer: false }));

test('what the same job is does not change while machines with different models take turns', async () => {
  const key = makeKey(sidecar.dataDir, 'worker');
  const call = (route: string, body: unknown) => sidecar.call('POST', `/v1/worker/${route}`, body, { key });
  const captionNext = async (number: number) => {
    const model = models[number % 2];
    const { claim } = (await call('claim', { worker: `with ${model?.id}`, model, wait: 1 })).body;
    const result = { model, image, caption, readings: readCaption(caption), timingsMs };
    expect((await call(`jobs/${claim.job_id}/finish`, { token: claim.token, result })).status).toBe(200);
  };
  const first = samplePng(1);
  await sidecar.submit(first, 'the same');
  await captionNext(0);
  const statuses: number[] = [];
  for (let number = 1; number <= 10; number += 1) {
    await sidecar.submit(samplePng(1 + number), String(number));
    await captionNext(number);
    statuses.push((await sidecar.submit(first, 'the same')).status);
  }
  expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
}, 60_000);
