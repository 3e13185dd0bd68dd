import { networkCause } from '../../../../models/fetch/network-cause';
import { proxyFor } from '../../../../models/fetch/proxy';

const HTTPS = 'https://huggingface.co/a';
const HTTP = 'http://mirror.example.com:8080/a';

test.each<[string, NodeJS.ProcessEnv, string | null]>([
  [HTTPS, {}, null],
  [HTTPS, { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
  [HTTPS, { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' }, 'http://low:1/'],
  [HTTPS, { https_proxy: '', HTTPS_PROXY: 'http://up:1' }, 'http://up:1/'],
  [HTTPS, { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
  [HTTPS, { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
  [HTTP, { HTTPS_PROXY: 'http://p:1' }, null],
  [HTTP, { http_proxy: 'http://p:1' }, 'http://p:1/'],
  [HTTPS, { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, null],
  [HTTPS, { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'x.org, HuggingFace.co' }, null],
  [HTTPS, { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'face.co' }, 'http://p:1/'],
  [HTTP, { HTTP_PROXY: 'http://p:1', no_proxy: '.example.com' }, null],
  [HTTP, { HTTP_PROXY: 'http://p:1', no_proxy: '*.example.com' }, null],
  [HTTP, { HTTP_PROXY: 'http://p:1', no_proxy: 'example.com:8080' }, null],
  [HTTP, { HTTP_PROXY: 'http://p:1', no_proxy: 'example.com:80' }, 'http://p:1/'],
  ['http://127.0.0.1:1/', { HTTP_PROXY: 'http://p:1' }, null],
  ['http://[::1]:1/', { HTTP_PROXY: 'http://p:1' }, null],
  ['http://localhost:1/', { HTTP_PROXY: 'http://p:1' }, null],
  ['http://10.0.0.1:1/', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
])('%s with %j goes through %s', (url, env, expected) => {
  expect(proxyFor(new URL(url), env)?.href ?? null).toBe(expected);
});

test('a proxy of another kind is refused without its password', () => {
  const ask = () => proxyFor(new URL(HTTPS), { HTTPS_PROXY: 'socks5://user:secret@p:1' });
  expect(ask).toThrow('HTTPS_PROXY is no address of an HTTP proxy; write it as http://host:port');
});

test.each([
  [407, false],
  [403, false],
  [429, true],
  [502, true],
  [503, true],
  [504, true],
])('a proxy that answers %d is worth another try: %s', (status, isPassing) => {
  const inner = new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`);
  expect(networkCause(new TypeError('fetch failed', { cause: inner }))).toMatchObject({
    words: `the proxy answers ${status}`,
    isPassing,
  });
});

test.each([
  ['ENOTFOUND', true],
  ['ECONNREFUSED', true],
  ['UND_ERR_CONNECT_TIMEOUT', true],
  ['SELF_SIGNED_CERT_IN_CHAIN', false],
  ['CERT_HAS_EXPIRED', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['ERR_INVALID_URL', false],
])('%s is worth another try: %s', (code, isPassing) => {
  const inner = Object.assign(new Error('inner'), { code });
  expect(networkCause(new TypeError('fetch failed', { cause: inner }))).toMatchObject({ words: code, isPassing });
});
