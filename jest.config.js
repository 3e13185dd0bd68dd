'use strict';
// What a test starts must not install packages into the checkout that the tests run from.
process.env.ALTSMITH_INSTALL = 'never';
// Nor may it ask the network for a model; the tests of fetching turn it on, against a hub of their own.
process.env.ALTSMITH_FETCH = 'never';
// One project a level, so that `npm run test:unit` stays fast and the rest runs only when asked for.
const level = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '\\.tsx?$': '<rootDir>/tests/support/esbuild-transform.cjs' },
  modulePathIgnorePatterns: ['<rootDir>/build', '<rootDir>/data', '<rootDir>/plugin/build'],
  // Jest runs a file in a context of its own, where every use of a global is a slow look-up; these come as parameters of each module
  // instead. A loop over a million weights takes a third of the time. No test replaces them, as it does timers and Date.
  sandboxInjectedGlobals: ['Math', 'Number', 'Infinity', 'BigInt'],
  ...extra,
});

module.exports = {
  projects: [
    level('unit'),
    level('architecture'),
    level('integration'),
    level('e2e'),
    level('clients'),
    level('faults'),
    level('nightly'),
  ],
  testSequencer: '<rootDir>/tests/runner/longest-first.cjs',
  // Longer than `waitFor` waits, so that a failure says what was waited for.
  testTimeout: 90_000,
};
