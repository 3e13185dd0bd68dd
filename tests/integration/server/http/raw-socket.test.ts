import { readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { HTTP_LIMITS } from '../../../../server/http/server';
import { exchange, openIdle, type ExchangeOptions } from '../../../support/raw-socket';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { waitFor } from '../../../support/wait-for';

const HEADERS_MS = 2000;
const REQUEST_MS = 4000;

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ limits: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS } });
});
afterAll(() => sidecar.remove());

const temporaryFiles = () => readdirSync(path.join(sidecar.dataDir, 'tmp'));
const noTemporaryFile = () => waitFor('the temporary files to go', () => temporaryFiles().length === 0);
afterEach(async () => {
  await noTemporaryFile();
  expect((await sidecar.call('GET', '/livez')).status).toBe(200);
});

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
const HOST = 'Host: 127.0.0.1';
const auth = () => `Authorization: Bearer ${sidecar.key}`;
const post = (...headers: string[]) =>
  lines('POST /v1/jobs HTTP/1.1', HOST, auth(), 'Content-Type: application/json', ...headers);
const put = (...headers: string[]) => lines(`PUT /v1/images/${'a'.repeat(64)} HTTP/1.1`, HOST, auth(), ...headers);

interface RawCase {
  readonly send: () => string | Buffer;
  /** Statuses that may come back; an empty list: the connection is closed without an answer. */
  readonly expect: readonly number[];
  readonly options?: ExchangeOptions;
}

const CASES: Readonly<Record<string, RawCase>> = {
  'a length beside chunks': {
    send: () => `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    expect: [400],
  },
  'two lengths': { send: () => `${post('Content-Length: 2', 'Content-Length: 3')}{}`, expect: [400] },
  'a negative length': { send: () => `${post('Content-Length: -1')}{}`, expect: [400] },
  'chunks named in another way': { send: () => `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`, expect: [400] },
  'a chunk size that is no number': { send: () => `${post('Transfer-Encoding: chunked')}zz\r\n`, expect: [400] },
  'a chunk of more bytes than there are': {
    send: () => `${post('Transfer-Encoding: chunked')}fffffffffffffffff\r\n`,
    expect: [400],
  },
  'a chunk with an endless extension': {
    send: () => `${post('Transfer-Encoding: chunked')}1;${'a'.repeat(40_000)}\r\n`,
    expect: [400, 413],
  },
  'a hundred thousand chunks of one byte': {
    send: () => `${post('Transfer-Encoding: chunked')}${'1\r\na\r\n'.repeat(100_000)}0\r\n\r\n`,
    // A busy machine needs longer for them than a request may take.
    expect: [400, 408],
  },
  'headers that stop half-way': {
    send: () => `GET /livez HTTP/1.1\r\nHost: 127`,
    expect: [400],
    options: { halfClose: true },
  },
  'a body that stops half-way': {
    send: () => Buffer.concat([Buffer.from(put('Content-Length: 1000')), samplePng(1).bytes.subarray(0, 50)]),
    expect: [400],
    options: { halfClose: true },
  },
  'an expectation nobody can meet': { send: () => post('Expect: miracles', 'Content-Length: 2'), expect: [417] },
  'HTTP/0.9': { send: () => 'GET /livez\r\n\r\n', expect: [400] },
  'HTTP/3.0 in words': { send: () => lines('GET /livez HTTP/3.0', HOST), expect: [400] },
  'no Host': { send: () => lines('GET /livez HTTP/1.1'), expect: [400] },
  'two Hosts': { send: () => lines('GET /livez HTTP/1.1', HOST, 'Host: evil.example'), expect: [400] },
  'an address as a proxy gets it, of another host': {
    send: () => lines('GET http://evil.example/livez HTTP/1.1', 'Host: evil.example'),
    expect: [400],
  },
  TRACE: { send: () => lines('TRACE /livez HTTP/1.1', HOST, auth()), expect: [405] },
  CONNECT: { send: () => lines('CONNECT example.com:443 HTTP/1.1', HOST), expect: [] },
  'an upgrade to web sockets': {
    send: () => lines('GET /v1/status HTTP/1.1', HOST, 'Connection: Upgrade', 'Upgrade: websocket'),
    expect: [401],
  },
  'the HTTP/2 preface': { send: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', expect: [400] },
  'a TLS hello': {
    send: () => Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(196, 7)]),
    expect: [400],
  },
  '20 kB of headers': { send: () => lines('GET /livez HTTP/1.1', HOST, `X: ${'a'.repeat(20_000)}`), expect: [431] },
  'a line break inside a header': { send: () => 'GET /livez HTTP/1.1\r\nHost: a\nX: b\r\n\r\n', expect: [400] },
  'a NUL in the path': { send: () => lines('GET /liv\0ez HTTP/1.1', HOST), expect: [400] },
  'a gzip bomb as an image': {
    send: () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      return Buffer.concat([Buffer.from(put('Content-Encoding: gzip', `Content-Length: ${bomb.length}`)), bomb]);
    },
    expect: [415],
  },
  'a gzip bomb as JSON': {
    send: () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
      return Buffer.concat([Buffer.from(post('Content-Encoding: gzip', `Content-Length: ${bomb.length}`)), bomb]);
    },
    expect: [415],
  },
};

test.each(Object.entries(CASES))('%s is answered as what it is, or hung up on, in time', async (_name, raw) => {
  const answer = await exchange(sidecar.url, raw.send(), raw.options);
  // Far above what it takes: a busy machine is slow, and only a wait without end is a fault.
  expect(answer.ms).toBeLessThan(HEADERS_MS + 10_000);
  const [first] = answer.statuses;
  if (raw.expect.length === 0) expect(answer).toMatchObject({ text: '', closed: true });
  else expect(raw.expect).toContain(first);
  if (first !== undefined && first !== 417) expect(answer.text).toContain('{"error":{"code":"');
});

test('a client that asks first is told to go on, and its picture is stored', async () => {
  const image = samplePng(2);
  const headers = [HOST, auth(), 'Expect: 100-continue', `Content-Length: ${image.bytes.length}`];
  const head = lines(`PUT /v1/images/${image.sha256} HTTP/1.1`, ...headers);
  const answer = await exchange(sidecar.url, Buffer.concat([Buffer.from(head), image.bytes]));
  expect(answer.statuses).toEqual([100, 201]);
});

test('a thousand requests at once on one connection get a thousand answers', async () => {
  const answer = await exchange(sidecar.url, lines('GET /livez HTTP/1.1', HOST).repeat(1000), { quietMs: 2000 });
  expect(answer.statuses).toHaveLength(1000);
  expect(new Set(answer.statuses)).toEqual(new Set([200]));
}, 120_000);

test('an upload that is broken off at half leaves nothing, three hundred times', async () => {
  const image = samplePng(3, { padding: 60_000 });
  const head = Buffer.from(put(`Content-Length: ${image.bytes.length}`));
  const half = Buffer.concat([head, image.bytes.subarray(0, image.bytes.length / 2)]);
  let most = 0;
  for (let round = 0; round < 10; round += 1) {
    const sockets = await Promise.all(Array.from({ length: 30 }, () => openIdle(sidecar.url)));
    for (const socket of sockets) socket.write(half);
    await waitFor('the uploads to begin', () => temporaryFiles().length >= 30, { everyMs: 10 });
    most = Math.max(most, temporaryFiles().length);
    for (const socket of sockets) socket.resetAndDestroy();
    await noTemporaryFile();
  }
  expect(most).toBe(30);
}, 120_000);

describe('five hundred clients that are slow on purpose', () => {
  const SLOW = 500;

  test.each([
    ['headers', 'a byte of a header now and then', () => lines('GET /livez HTTP/1.1', HOST, `X: ${'a'.repeat(900)}`)],
    ['a body', 'a byte of a body now and then', () => put('Content-Length: 900') + 'GIF89a'.padEnd(900, '\0')],
    ['nothing at all', 'an idle connection', () => ''],
  ])(
    'with %s are cut off in time, and others are answered meanwhile',
    async (_what, _how, text) => {
      const whole = text();
      const body = whole.indexOf('\r\n\r\n') + 4;
      const isBody = whole.startsWith('PUT');
      const slow = Array.from({ length: SLOW }, async () => {
        const socket = await openIdle(sidecar.url);
        const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => undefined));
        socket.resume();
        if (isBody) socket.write(whole.slice(0, body + 40));
        const rest = isBody ? whole.slice(body + 40) : whole;
        let at = 0;
        const timer = setInterval(() => {
          if (at < rest.length && socket.writable) socket.write(rest.slice(at, (at += 1)), 'latin1');
        }, 300);
        await ended;
        clearInterval(timer);
      });
      const latencies: number[] = [];
      for (let index = 0; index < 60; index += 1) {
        const asked = performance.now();
        expect((await sidecar.call('GET', '/v1/status')).status).toBe(200);
        latencies.push(performance.now() - asked);
      }
      expect(latencies.sort((a, b) => a - b)[58]).toBeLessThan(1000);
      // Each of them would take five minutes to send what it has.
      await Promise.all(slow);
    },
    120_000,
  );

  test('the usual limits cut all of them off, within a minute and a second where no large body is allowed', () => {
    expect(HTTP_LIMITS).toMatchObject({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 75_000 });
    expect(HTTP_LIMITS.connectionsCheckingInterval).toBeLessThanOrEqual(1000);
  });
});
