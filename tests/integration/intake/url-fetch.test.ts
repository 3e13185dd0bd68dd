import http from 'node:http';
import { connect, isIP, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../../server/errors';
import { fetchUrl, type Dialer, type UrlFetchOptions } from '../../../server/intake/url-fetch';
import type { Resolver } from '../../../server/intake/url-guard';
import { HOSTILE_ANSWERS, HOSTILE_URLS } from '../../support/hostile-urls';

const PUBLIC = '93.184.215.14';

let answer: http.RequestListener = (_request, response) => response.end('picture');
let asked: http.IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  asked.push(request);
  answer(request, response);
});
let port = 0;
/** Every address that anything tried to connect to. */
let dialled: string[] = [];

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((closed) => server.close(closed)));
beforeEach(() => {
  dialled = [];
  asked = [];
  answer = (_request, response) => response.end('picture');
});

/** Connects nowhere but to this test's own server, and writes down where it was meant to go. */
const sentinel: Dialer = ({ host, lookup }) => {
  if (isIP(host) !== 0) dialled.push(host);
  return connect({
    host: isIP(host) === 0 ? host : '127.0.0.1',
    port,
    lookup: (name, options, done) => {
      lookup(name, { ...options, all: true }, (error, addresses) => {
        if (error !== null) {
          done(error, '', 0);
          return;
        }
        for (const { address } of Array.isArray(addresses) ? addresses : []) dialled.push(address);
        if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
        else done(null, '127.0.0.1', 4);
      });
    },
  });
};
const resolve: Resolver = (host) =>
  Promise.resolve((HOSTILE_ANSWERS[host] ?? [PUBLIC]).map((address) => ({ address, family: isIP(address) })));

const fetchText = async (url: string, over: Partial<UrlFetchOptions> = {}) => {
  const options = { origins: 'public', maxBytes: 1000, dial: sentinel, resolve, ...over } as const;
  return (await buffer(await fetchUrl(url, options))).toString();
};
const codeOf = async (work: Promise<unknown>) => {
  try {
    return await work;
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : thrown;
  }
};

test('hands over the body', async () => {
  expect(await fetchText('http://pictures.example.com/a.jpg?size=1')).toBe('picture');
  expect(dialled).toEqual([PUBLIC]);
  expect(asked[0]!.url).toBe('/a.jpg?size=1');
});

test('sends neither keys nor cookies, and asks for no compression', async () => {
  await fetchText('http://pictures.example.com/a.jpg');
  expect(Object.keys(asked[0]!.headers).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
  expect(asked[0]!.headers['accept-encoding']).toBe('identity');
});

test('no hostile spelling opens a connection', async () => {
  for (const url of HOSTILE_URLS) expect([url, await codeOf(fetchText(url))]).toEqual([url, 'URL_BLOCKED']);
  expect(dialled).toEqual([]);
});

test.each(Object.keys(HOSTILE_ANSWERS))('the private address behind %s is never connected to', async (host) => {
  expect(await codeOf(fetchText(`http://${host}/a.jpg`))).toBe('URL_BLOCKED');
  expect(dialled).toEqual([]);
  expect(asked).toEqual([]);
});

test('the real dialer takes every name through the guard', async () => {
  const origins = [`http://sentinel.example.com:${String(port)}`];
  const loopback: Resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  const fetched = fetchUrl(`${origins[0]!}/a`, { origins, maxBytes: 9, resolve: loopback });
  expect(await codeOf(fetched)).toBe('URL_BLOCKED');
  expect(asked).toEqual([]);
});

describe('redirects', () => {
  const redirectTo = (location: string, status = 302) => {
    answer = (request, response) => {
      if (request.url === '/start') response.writeHead(status, { location }).end();
      else response.end('moved picture');
    };
  };

  test.each(['/a.jpg', 'a.jpg', '../a.jpg', '?size=full', './b/a.jpg', 'http://other.example.com/a.jpg'])(
    'to %s is followed',
    async (location) => {
      redirectTo(location);
      expect(await fetchText('http://pictures.example.com/start')).toBe('moved picture');
      expect(dialled).toEqual([PUBLIC, PUBLIC]);
    },
  );

  test.each([
    ['http://127.0.0.1/', 302],
    ['http://169.254.169.254/latest/meta-data/', 301],
    ['file:///etc/passwd', 307],
    ['//127.0.0.1/', 302],
    ['/\\127.0.0.1/', 302],
    ['https://[::1]/', 308],
    ['http://pictures.example.com:8080/', 302],
    ['http://user@127.0.0.1/', 303],
    ['http://localtest.me/', 302],
    ['http://2130706433/', 302],
    ['', 302],
  ])('to %j is refused', async (location, status) => {
    redirectTo(location, status);
    expect(await codeOf(fetchText('http://pictures.example.com/start'))).toBe('URL_BLOCKED');
    expect(dialled).toEqual([PUBLIC]);
  });

  test('without end stop after two', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/again' }).end();
    expect(await codeOf(fetchText('http://pictures.example.com/start'))).toBe('URL_FETCH_FAILED');
    expect(asked).toHaveLength(3);
  });

  test('leave a list of origins no more than a first address does', async () => {
    redirectTo('http://other.example.com/a.jpg');
    const origins = ['http://pictures.example.com'];
    expect(await codeOf(fetchText('http://pictures.example.com/start', { origins }))).toBe('URL_BLOCKED');
    expect(dialled).toEqual([PUBLIC]);
  });

  test('a meta refresh is just a body', async () => {
    answer = (_request, response) => response.end('<meta http-equiv="refresh" content="0;url=http://127.0.0.1/">');
    expect(await fetchText('http://pictures.example.com/start')).toContain('<meta');
    expect(asked).toHaveLength(1);
  });
});

test('a name that changes its address between two requests gains nothing', async () => {
  const answers = [[PUBLIC], ['127.0.0.1']];
  const rebinding: Resolver = () =>
    Promise.resolve((answers.shift() ?? []).map((address) => ({ address, family: isIP(address) })));
  answer = (_request, response) => response.writeHead(302, { location: '/second' }).end();
  expect(await codeOf(fetchText('http://pictures.example.com/a', { resolve: rebinding }))).toBe('URL_BLOCKED');
  expect(dialled).toEqual([PUBLIC]);
});

describe('limits', () => {
  test('an announced length over the limit is refused before a byte is read', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': '1001' }).end('x'.repeat(1001));
    expect(await codeOf(fetchText('http://pictures.example.com/a'))).toBe('IMAGE_TOO_LARGE');
  });

  test('a body that is longer than announced is cut off', async () => {
    answer = (_request, response) => {
      response.write('x'.repeat(600));
      response.end('x'.repeat(600));
    };
    expect(await codeOf(fetchText('http://pictures.example.com/a'))).toBe('IMAGE_TOO_LARGE');
  });

  test('a body that never ends runs into the deadline', async () => {
    answer = (_request, response) => {
      response.write('x');
    };
    expect(await codeOf(fetchText('http://pictures.example.com/a', { timeoutMs: 200 }))).toBe('URL_FETCH_FAILED');
  });

  test('headers that never come run into the deadline', async () => {
    answer = () => undefined;
    expect(await codeOf(fetchText('http://pictures.example.com/a', { timeoutMs: 200 }))).toBe('URL_FETCH_FAILED');
  });

  test('a body that breaks off is an error, not a short picture', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('x'.repeat(100), () => response.destroy());
    };
    expect(await codeOf(fetchText('http://pictures.example.com/a'))).toBe('URL_FETCH_FAILED');
  });

  test.each([404, 500, 204])('status %i is a failed fetch that tells nothing of the answer', async (status) => {
    answer = (_request, response) => response.writeHead(status).end('secret');
    const thrown = await fetchUrl('http://pictures.example.com/a', {
      origins: 'public',
      maxBytes: 9,
      dial: sentinel,
      resolve,
    }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AppError);
    expect(JSON.stringify((thrown as AppError).toBody())).toBe(
      JSON.stringify(new AppError('URL_FETCH_FAILED').toBody()),
    );
  });

  test('a compressed body is refused', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    expect(await codeOf(fetchText('http://pictures.example.com/a'))).toBe('URL_FETCH_FAILED');
  });
});
