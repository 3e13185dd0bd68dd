'use strict';
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');

/** What one part found: `{passed, failed, skipped, slow: [{name, ms}], files: [{name, ms}], failures: [name]}`; `slow` are tests. */
function emptyResult() {
  return { passed: 0, failed: 0, skipped: 0, slow: [], files: [], failures: [] };
}

/** Reads the file that `jest --json --outputFile` wrote. Null when jest did not get that far. */
function readJest(file) {
  if (!existsSync(file)) return null;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const result = emptyResult();
  result.passed = report.numPassedTests;
  // A test file that could not even be loaded has no tests to count; it counts as one that failed.
  result.failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  result.skipped = report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) result.failures.push(suite.name);
    const hasRun = suite.endTime > suite.startTime;
    if (hasRun) result.files.push({ name: path.relative(ROOT, suite.name), ms: suite.endTime - suite.startTime });
    for (const test of suite.assertionResults) {
      if (typeof test.duration === 'number') result.slow.push({ name: test.fullName, ms: test.duration });
      if (test.status === 'failed') result.failures.push(test.fullName);
    }
  }
  return result;
}

const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';

/** Reads the file that `phpunit --log-junit` wrote. Null when PHPUnit did not get that far. */
function readJunit(file) {
  if (!existsSync(file)) return null;
  const result = emptyResult();
  const cases = readFileSync(file, 'utf8').matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  for (const [, head, inside = ''] of cases) {
    const name = `${attribute(head, 'class')}::${attribute(head, 'name')}`;
    result.slow.push({ name, ms: Number(attribute(head, 'time')) * 1000 });
    if (/<skipped\b/.test(inside)) result.skipped += 1;
    else if (/<(failure|error|warning)\b/.test(inside)) {
      result.failed += 1;
      result.failures.push(name);
    } else result.passed += 1;
  }
  return result;
}

/** Adds up the parts, with each test behind the name of its part; one with `apart` fails nothing. `requireAll` turns every skip into a failure; `hasTests` says that at least one has to run. */
function sum(parts, { requireAll, hasTests }) {
  const total = { ...emptyResult(), apart: [] };
  for (const { result, ok, name, missing, apart } of parts) {
    const found = result ?? emptyResult();
    const whole = (test) => `${name}: ${test}`;
    const failures = found.failures.map(whole);
    if (!ok && found.failed === 0) failures.push(name);
    total.passed += found.passed;
    total.skipped += found.skipped + missing.length;
    for (const kind of ['slow', 'files'])
      total[kind].push(...found[kind].map(({ name: inside, ms }) => ({ name: whole(inside), ms })));
    // What the part was proven on is not there any more: it is told, and fails nothing.
    if (apart !== undefined) {
      total.apart.push(`${apart}: ${failures.length === 0 ? 'all passed' : `FAILED ${failures.join(', ')}`}`);
      continue;
    }
    total.failed += found.failed + (!ok && found.failed === 0 ? 1 : 0);
    total.failures.push(...failures);
  }
  const good = total.failed === 0 && (total.passed > 0 || !hasTests) && (!requireAll || total.skipped === 0);
  return { ...total, good };
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`.padStart(9);
}

/** The end of the output: slowest ten tests and files, time of each part, failures, and the counts as the very last line. */
function print(parts, total, { requireAll, hasTests }) {
  const line = (text) => process.stdout.write(`${text}\n`);
  for (const kind of ['slow', 'files']) {
    if (total[kind].length > 0) line(kind === 'slow' ? '\nThe slowest ten tests' : '\nThe slowest ten files');
    for (const one of [...total[kind]].sort((a, b) => b.ms - a.ms).slice(0, 10))
      line(`${seconds(one.ms)}  ${one.name}`);
  }
  line('\nTime of each part');
  for (const part of parts) line(`${seconds(part.ms)}  ${part.name}${part.ok ? '' : '  FAILED'}`);
  for (const { name, missing } of parts) for (const what of missing) line(`skipped in ${name}: ${what}`);
  if (requireAll && total.skipped > 0) line('CI or REQUIRE_ALL is set: a skip is a failure.');
  if (hasTests && total.passed === 0) line('No test ran.');
  for (const failure of total.failures) line(`failed: ${failure}`);
  for (const told of total.apart) line(`reported apart: ${told}`);
  line(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

module.exports = { emptyResult, print, readJest, readJunit, sum };
