import { isIP } from 'node:net';
import { AppError } from '../../../../server/errors';
import { isPublicAddress } from '../../../../server/intake/public-address';
import { checkUrl, guardedLookup } from '../../../../server/intake/url-guard';
import { HOSTILE_ANSWERS, HOSTILE_URLS } from '../../../support/hostile-urls';

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'passed';
  } catch (thrown) {
    return thrown instanceof AppError ? JSON.stringify(thrown.toBody()) : String(thrown);
  }
};
const BLOCKED = JSON.stringify(new AppError('URL_BLOCKED').toBody());

test('there are at least 120 hostile spellings', () => {
  expect(new Set(HOSTILE_URLS).size).toBe(HOSTILE_URLS.length);
  expect(HOSTILE_URLS.length).toBeGreaterThanOrEqual(120);
});

test.each(HOSTILE_URLS.map((url) => [url.slice(0, 60), url]))('refuses %j, with one answer for all', (_short, url) => {
  expect(codeOf(() => checkUrl(url, 'public'))).toBe(BLOCKED);
});

test('a fetch is refused by its own code while fetching is off', () => {
  expect(() => checkUrl('https://example.com/a.jpg', 'off')).toThrow(new AppError('URL_INPUT_OFF'));
});

test.each([
  'https://example.com/a.jpg',
  'http://example.com:80/a',
  'https://93.184.215.14/a?b=c#d',
  'http://[2606:4700::1]/',
])('lets %s pass', (url) => {
  expect(checkUrl(url, 'public').href).toContain('//');
});

describe('with a list of origins', () => {
  const origins = ['https://cdn.example.com', 'http://files.example.com:8080'];

  test('exactly those pass', () => {
    expect(checkUrl('https://cdn.example.com/x.jpg', origins).pathname).toBe('/x.jpg');
    expect(checkUrl('http://files.example.com:8080/x.jpg', origins).port).toBe('8080');
  });

  test.each([
    'http://cdn.example.com/x.jpg',
    'https://cdn.example.com:444/x.jpg',
    'https://cdn.example.com.evil.net/x.jpg',
    'https://xcdn.example.com/x.jpg',
    'https://cdnXexample.com/x.jpg',
    'https://cdn.example.com@evil.net/x.jpg',
  ])('%s does not', (url) => {
    expect(codeOf(() => checkUrl(url, origins))).toBe(BLOCKED);
  });

  test('a listed private address stays forbidden', () => {
    expect(codeOf(() => checkUrl('http://10.0.0.1/x.jpg', ['http://10.0.0.1']))).toBe(BLOCKED);
  });
});

describe('addresses', () => {
  test.each([
    '8.8.8.8',
    '93.184.215.14',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '2606:4700::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    '172.16.0.0',
    '172.31.255.255',
    '100.64.0.0',
    '::ffff:8.8.8.8',
    '2002:808:808::',
    'example.com',
    '',
    '1.2.3',
    '1',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('the lookup of the socket', () => {
  const addresses = (list: readonly string[]) => list.map((address) => ({ address, family: isIP(address) }));
  const ask = (list: readonly string[], all: boolean) =>
    new Promise((resolve) => {
      guardedLookup(() => Promise.resolve(addresses(list)))('example.com', { all }, (error, answer) => {
        resolve(error ?? answer);
      });
    });

  test.each(Object.entries(HOSTILE_ANSWERS))('refuses what DNS answers for %s', async (_name, list) => {
    expect(await ask(list, true)).toEqual(new AppError('URL_BLOCKED'));
    expect(await ask(list, false)).toEqual(new AppError('URL_BLOCKED'));
  });

  test('a name without addresses is refused', async () => {
    expect(await ask([], true)).toEqual(new AppError('URL_BLOCKED'));
  });

  test('hands over exactly the addresses it checked', async () => {
    expect(await ask(['93.184.215.14', '2606:4700::1'], true)).toEqual(addresses(['93.184.215.14', '2606:4700::1']));
    expect(await ask(['93.184.215.14', '2606:4700::1'], false)).toBe('93.184.215.14');
  });

  test('a failing resolver is an error of the socket', async () => {
    const broken = () => Promise.reject(new Error('no such name'));
    const answer = await new Promise((resolve) => {
      guardedLookup(broken)('example.com', {}, (error) => {
        resolve(error);
      });
    });
    expect(answer).toEqual(new Error('no such name'));
  });
});
