import { healthOf } from '../../../../server/composition/health';
import { FakeEngine } from '../../../support/fake-engine';

const sick = { code: 'CAPTION_TIMEOUT' as const, message: 'Captioning took too long.' };
const around = (slots: number, ownWorkers: typeof sick | null, isSick = true) => ({
  isStopping: false,
  disk: null,
  isDatabaseDamaged: false,
  workersElsewhere: false,
  elsewhere: { model: null, slots, secondsPerImage: null },
  workersSendTo: null,
  redis: null,
  ownWorkers,
  isSick,
});

test('workers of this machine that take no pictures make the sidecar not ready', () => {
  expect(healthOf(new FakeEngine(), around(0, null))).toMatchObject({ ready: true, problems: [], warnings: [] });
  expect(healthOf(new FakeEngine(), around(0, sick))).toMatchObject({ ready: false, problems: [sick], warnings: [] });
});

test('where another machine goes on, it is a warning', () => {
  expect(healthOf(new FakeEngine(), around(2, sick))).toMatchObject({ ready: true, problems: [], warnings: [sick] });
});

test('a pause that may be over in a second is a warning, so that nobody who watches takes the sidecar out', () => {
  expect(healthOf(new FakeEngine(), around(0, sick, false))).toMatchObject({ ready: true, warnings: [sick] });
});
