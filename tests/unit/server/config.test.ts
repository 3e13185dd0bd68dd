import { ConfigError, readConfig } from '../../../server/config';

test('a blank setting is not set, and blanks around a value do not count', () => {
  const blank = {
    ALTSMITH_WORKERS: ' ',
    ALTSMITH_KEEP_ORIGINALS_MINUTES: '\t',
    ALTSMITH_PORT: ' ',
    ALTSMITH_SITE_RATE: ' ',
  };
  const usual = readConfig({});
  expect(readConfig(blank)).toEqual(usual);
  expect(usual).toMatchObject({ port: 8787, workers: null, siteRate: null });
  expect(readConfig({ ALTSMITH_PORT: '9000 ', ALTSMITH_WORKERS: ' 0' })).toMatchObject({ port: 9000, workers: 0 });
});

test.each(['0x10', '1e3', '-1', '1.5', 'two', '65536'])('a port of %j is refused', (port) => {
  expect(() => readConfig({ ALTSMITH_PORT: port })).toThrow(ConfigError);
});

test('a rate may have a fraction', () => {
  expect(readConfig({ ALTSMITH_SITE_RATE: '0.5' }).siteRate).toBe(0.5);
  for (const wrong of ['0', '0x10', '1e3', '10001']) {
    expect(() => readConfig({ ALTSMITH_SITE_RATE: wrong })).toThrow(ConfigError);
  }
});

test('words in pictures are read unless that is turned off', () => {
  expect([readConfig({}).readWords, readConfig({ ALTSMITH_READ_WORDS: 'off' }).readWords]).toEqual([true, false]);
  expect(() => readConfig({ ALTSMITH_READ_WORDS: 'no' })).toThrow(ConfigError);
});
