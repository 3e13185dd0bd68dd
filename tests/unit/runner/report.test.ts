import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Result {
  passed: number;
  failed: number;
  skipped: number;
  slow: { name: string; ms: number }[];
  files: { name: string; ms: number }[];
  failures: string[];
}
interface Part {
  name: string;
  ok: boolean;
  result: Result | null;
  missing: string[];
  apart?: string;
}
interface Report {
  readJest: (file: string) => Result | null;
  readJunit: (file: string) => Result | null;
  emptyResult: () => Result;
  sum: (parts: Part[], how: { requireAll: boolean; hasTests: boolean }) => Result & { good: boolean; apart: string[] };
}
const { readJest, readJunit, emptyResult, sum } = jest.requireActual<Report>('../../runner/report.js');

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-report-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => {
  const file = path.join(folder, 'report');
  writeFileSync(file, text);
  return file;
};
const part = (counts: Partial<Result>, ok = true): Part => ({
  name: 'unit',
  ok,
  result: { ...emptyResult(), ...counts },
  missing: [],
});
const strict = { requireAll: true, hasTests: true };
const lax = { requireAll: false, hasTests: true };

test('a test file that could not be loaded counts as a failure', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [{ name: 'broken.test.ts', status: 'failed', assertionResults: [] }],
  };
  expect(readJest(write(JSON.stringify(report)))).toMatchObject({
    passed: 3,
    failed: 2,
    skipped: 3,
    failures: ['broken.test.ts'],
  });
});

test('each file of jest’s report has the time from its start to its end', () => {
  const suite = { name: path.resolve('tests/a.test.ts'), status: 'passed', startTime: 1000, endTime: 4500 };
  const report = { testResults: [{ ...suite, assertionResults: [] }] };
  expect(readJest(write(JSON.stringify(report)))?.files).toEqual([{ name: 'tests/a.test.ts', ms: 3500 }]);
});

test('PHPUnit’s report is counted case by case', () => {
  const xml = `<testsuites><testsuite name="all">
    <testcase name="test_a" class="X" time="0.25"/>
    <testcase name="test_b" class="X" time="0.5"><failure type="F">no</failure></testcase>
    <testcase name="test_c" class="X" time="0.1"><skipped/></testcase>
    <testcase name="test_d" class="X" time="0.1"><error type="E">boom</error></testcase>
  </testsuite></testsuites>`;
  const result = readJunit(write(xml));
  expect(result).toMatchObject({ passed: 1, failed: 2, skipped: 1, failures: ['X::test_b', 'X::test_d'] });
  expect(result?.slow[1]).toEqual({ name: 'X::test_b', ms: 500 });
});

test('a report that was never written is no result', () => {
  expect(readJest(path.join(folder, 'absent'))).toBeNull();
  expect(readJunit(path.join(folder, 'absent'))).toBeNull();
});

test('all passed is good', () => {
  expect(sum([part({ passed: 4 }), part({ passed: 5 })], strict)).toMatchObject({ passed: 9, failed: 0, good: true });
});

test('one failure is not', () => {
  expect(sum([part({ passed: 4, failed: 1 }, false)], lax).good).toBe(false);
});

test('a part that failed without a failing test counts as one failure', () => {
  const total = sum([part({ passed: 4 }), { name: 'lint', ok: false, result: null, missing: [] }], lax);
  expect(total).toMatchObject({ passed: 4, failed: 1, good: false, failures: ['lint'] });
});

test('of a test in two parts it is told which one failed and which one was slow', () => {
  const slow = [{ name: 'the backfill', ms: 90_000 }];
  const old = { ...part({ passed: 1, slow }), name: 'wordpress-6.5' };
  const newer = { ...part({ failed: 1, failures: ['the backfill'], slow }, false), name: 'wordpress-6.8' };
  const total = sum([old, newer], lax);
  expect(total.failures).toEqual(['wordpress-6.8: the backfill']);
  expect(total.slow.map(({ name }) => name)).toEqual(['wordpress-6.5: the backfill', 'wordpress-6.8: the backfill']);
});

test('a run in which no test ran is not good', () => {
  expect(sum([part({})], lax).good).toBe(false);
  expect(sum([], lax).good).toBe(false);
});

test('a skip is a failure only where nothing may be missing', () => {
  const parts = [part({ passed: 4 }), { ...part({}), missing: ['Chromium is not here'] }];
  expect(sum(parts, lax)).toMatchObject({ skipped: 1, good: true });
  expect(sum(parts, strict).good).toBe(false);
});

test('what fails where nothing was promised is told and fails nothing; what passes there counts', () => {
  const moved = { ...part({ passed: 4, failed: 1, failures: ['the editor'] }, false), apart: 'sid has moved to 7.2' };
  const total = sum([part({ passed: 1 }), moved], strict);
  expect(total).toMatchObject({ good: true, passed: 5, failed: 0, failures: [] });
  expect(total.apart).toEqual(['sid has moved to 7.2: FAILED unit: the editor']);
  const broken = { ...part({}, false), result: null, name: 'wordpress-7.1', apart: 'sid has moved to 7.2' };
  expect(sum([part({ passed: 1 }), broken], strict).apart).toEqual(['sid has moved to 7.2: FAILED wordpress-7.1']);
  expect(sum([part({ passed: 1 }), { ...moved, ok: true, result: emptyResult() }], strict).apart).toEqual([
    'sid has moved to 7.2: all passed',
  ]);
});
