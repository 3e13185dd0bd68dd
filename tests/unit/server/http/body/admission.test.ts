import { Admission } from '../../../../../server/http/body/admission';

const LIMITS = { siteBodies: 3, siteBytes: 100, allBytes: 250 };
const memory = (bytes: number) => ({ memory: bytes, disk: 0 });
const disk = (bytes: number) => ({ memory: 0, disk: bytes });

const refusal = (work: () => unknown): unknown => {
  try {
    return work() === null;
  } catch (error) {
    return error;
  }
};

test('one site has a bounded number of bodies under way, and another is let in beside it', () => {
  const admission = new Admission(LIMITS);
  const grants = [1, 2, 3].map(() => admission.admit('one', memory(1)));
  expect(refusal(() => admission.admit('one', memory(1)))).toMatchObject({
    code: 'RATE_LIMITED',
    details: { retry_after_seconds: 1 },
  });
  admission.admit('two', memory(1));
  grants[0]?.arrived();
  admission.admit('one', memory(1));
});

test('one site has a bounded share of the memory, until its answers are sent', () => {
  const admission = new Admission(LIMITS);
  const grant = admission.admit('one', memory(90));
  expect(refusal(() => admission.admit('one', memory(20)))).toMatchObject({ code: 'RATE_LIMITED' });
  grant.arrived();
  expect(refusal(() => admission.admit('one', memory(20)))).toMatchObject({ code: 'RATE_LIMITED' });
  grant.shrink(30);
  admission.admit('one', memory(70));
  grant.release();
  admission.admit('one', memory(30));
});

test('all sites together have a bounded memory', () => {
  const admission = new Admission(LIMITS);
  const grants = ['one', 'two'].map((key) => admission.admit(key, memory(100)));
  expect(refusal(() => admission.admit('three', memory(60)))).toMatchObject({ code: 'SIDECAR_BUSY', status: 503 });
  grants[1]?.release();
  grants[1]?.release();
  admission.admit('three', memory(60));
  expect(refusal(() => admission.admit('four', memory(100)))).toMatchObject({ code: 'SIDECAR_BUSY' });
});

test('a single body is let in whatever it takes', () => {
  new Admission(LIMITS).admit('one', memory(200));
});

test('the bodies of one site fill a third of the room on the disk, and those of all no more than there is', () => {
  let room = 300;
  const admission = new Admission(LIMITS, () => room);
  // A single one is let in whatever it takes.
  const first = admission.admit('one', disk(150));
  expect(refusal(() => admission.admit('one', disk(10)))).toMatchObject({ code: 'RATE_LIMITED' });
  admission.admit('one', memory(10));
  admission.admit('two', disk(90));
  expect(refusal(() => admission.admit('two', disk(20)))).toMatchObject({ code: 'RATE_LIMITED' });
  expect(refusal(() => admission.admit('three', disk(70)))).toMatchObject({ code: 'SIDECAR_BUSY', status: 503 });
  first.arrived();
  first.release();
  first.release();
  admission.admit('three', disk(70));
  room = 100;
  expect(refusal(() => admission.admit('one', disk(20)))).toMatchObject({ code: 'SIDECAR_BUSY' });
});
