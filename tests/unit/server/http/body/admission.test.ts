import { Admission } from '../../../../../server/http/body/admission';

const LIMITS = { keyBodies: 3, keyBytes: 100, allBytes: 250 };

const refusal = (work: () => unknown): unknown => {
  try {
    return work() === null;
  } catch (error) {
    return error;
  }
};

test('one key has a bounded number of bodies under way, and another is let in beside it', () => {
  const admission = new Admission(LIMITS);
  const grants = [1, 2, 3].map(() => admission.admit('one', 1));
  expect(refusal(() => admission.admit('one', 1))).toMatchObject({
    code: 'RATE_LIMITED',
    details: { retry_after_seconds: 1 },
  });
  admission.admit('two', 1);
  grants[0]?.arrived();
  admission.admit('one', 1);
});

test('one key has a bounded share of the memory, until its answers are sent', () => {
  const admission = new Admission(LIMITS);
  const grant = admission.admit('one', 90);
  expect(refusal(() => admission.admit('one', 20))).toMatchObject({ code: 'RATE_LIMITED' });
  grant.arrived();
  expect(refusal(() => admission.admit('one', 20))).toMatchObject({ code: 'RATE_LIMITED' });
  grant.shrink(30);
  admission.admit('one', 70);
  grant.release();
  admission.admit('one', 30);
});

test('all keys together have a bounded memory', () => {
  const admission = new Admission(LIMITS);
  const grants = ['one', 'two'].map((key) => admission.admit(key, 100));
  expect(refusal(() => admission.admit('three', 60))).toMatchObject({ code: 'SIDECAR_BUSY', status: 503 });
  grants[1]?.release();
  grants[1]?.release();
  admission.admit('three', 60);
  expect(refusal(() => admission.admit('four', 100))).toMatchObject({ code: 'SIDECAR_BUSY' });
});

test('a single body is let in whatever it takes', () => {
  new Admission(LIMITS).admit('one', 200);
});
