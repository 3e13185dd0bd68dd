import { samplePng } from '../support/sample-image';
import { TestSidecar } from '../support/test-sidecar';
import { waitFor } from '../support/wait-for';

const by = { id: '1', name: 'Ada' };
const ENOUGH = 200;

test('two hundred decisions over the API give the site a confidence of its own, told in the feed', async () => {
  const sidecar = await TestSidecar.start();
  try {
    sidecar.engine.model = { ...sidecar.engine.model, calibrated: false };
    sidecar.engine.confidence = 0.9;
    const suggestions = [];
    for (let at = 0; at <= ENOUGH; at++) suggestions.push(await sidecar.suggest(samplePng(at + 1), `picture ${at}`));
    const [waiting, ...others] = suggestions;
    expect(waiting.model.calibrated).toBe(false);
    const decisions = others.map((one: any, at: number) => ({
      suggestion_id: one.id,
      action: at % 2 === 0 ? 'approve' : 'reject',
      ...{ by, version: one.version, displayed: true },
    }));
    const cursor = (await sidecar.call('GET', '/v1/changes?limit=500')).body.next;
    expect((await sidecar.call('POST', '/v1/decisions', { decisions })).status).toBe(200);
    const now = await waitFor('another confidence', async () => {
      const { suggestion } = (await sidecar.call('GET', `/v1/suggestions/${waiting.id}`)).body;
      return suggestion.model.calibrated ? suggestion : null;
    });
    expect(now.confidence).toBeCloseTo(0.5, 1);
    expect([now.version, now.model.calibrated_on]).toEqual([waiting.version, 'site']);
    const { items } = (await sidecar.call('GET', `/v1/changes?after=${cursor}&limit=500`)).body;
    expect(items.filter(({ type }: any) => type === 'suggestion.recalibrated')).toHaveLength(1);
    const { calibration } = (await sidecar.call('GET', '/v1/site')).body.site;
    expect(calibration).toMatchObject([{ model: { id: 'fake' }, decisions: ENOUGH, rules: [] }]);
  } finally {
    await sidecar.remove();
  }
});
