import { expectSickIsLeftAlone, SICKNESSES, WAYS } from '../support/faults/sick-machine';
import { testWithDisk } from '../support/small-disk';

const CASES = WAYS.flatMap((way) => Object.keys(SICKNESSES).map((how) => [way, how] as const));

testWithDisk.each(CASES)(
  '%s, with 200 jobs: beside a healthy machine one %s loses no job, and stops by itself',
  (way, how) => expectSickIsLeftAlone(way, how, 200),
  240_000,
);
