import { readFileSync } from 'node:fs';
import net from 'node:net';
import pino from 'pino';
import { BullWindow } from '../../../../server/queue/bull-window';
import { RedisLink } from '../../../../server/queue/redis-link';
import { readConfig } from '../../../../server/config';
import { RedisServer } from '../../../support/redis-server';
import { TlsCertificate } from '../../../support/tls-certificate';
import { waitFor } from '../../../support/wait-for';

let said = '';
const logger = pino({ level: 'info' }, { write: (line) => void (said += line) });
const links: RedisLink[] = [];

const linkTo = async (url: string, ca: string | null = null) => {
  const link = new RedisLink({ url, prefix: 'altsmith', ca }, logger);
  links.push(link);
  await link.start();
  return link;
};
const becomes = (link: RedisLink, code: string | null) =>
  waitFor(`the state ${String(code)}`, () => (link.problem()?.code ?? null) === code, { timeoutMs: 20_000 });

let redis: RedisServer;
let certificate: TlsCertificate;
beforeAll(async () => {
  certificate = TlsCertificate.make();
  redis = await RedisServer.start([], certificate);
});
beforeEach(() => (said = ''));
afterEach(() => {
  for (const link of links.splice(0)) link.close();
});
afterAll(async () => {
  await redis.remove();
  certificate.remove();
});

const as = (user: string, url = redis.url) => url.replace('://', `://${user}@`);

test.each([
  ['no password where one is needed', 'default on nopass', '', 'REDIS_LOGIN_REFUSED'],
  ['a wrong password', 'altsmith on >right ~altsmith:* +@all', 'altsmith:wrong', 'REDIS_LOGIN_REFUSED'],
  ['a user without rights', 'altsmith on >right ~altsmith:* -@all +auth', 'altsmith:right', 'REDIS_RIGHTS_MISSING'],
])('%s is one plain sentence, and no reason not to start', async (_name, rule, user, code) => {
  const own = await RedisServer.start();
  try {
    if (user === '') await own.command('CONFIG SET requirepass secret');
    else await own.command(`ACL SETUSER ${rule}`);
    const link = await linkTo(user === '' ? own.url : as(user, own.url));
    await becomes(link, code);
    expect(link.problem()?.message).toMatch(/^Redis .*[.]$/);
    // Logged once, not at every try.
    expect(said.split(`"code":"${code}"`)).toHaveLength(2);
    expect(said).not.toMatch(/secret|wrong|>right/);
  } finally {
    await own.remove();
  }
});

test.each(['', 'altsmith:right'])(
  'the protected mode of Redis is told as what it is, with the login "%s"',
  async (login) => {
    // What the client makes of these words where it has a password.
    jest.spyOn(console, 'warn').mockReturnValue(undefined);
    // A real one is in that mode for connections from other machines only; these are its words, and then it hangs up.
    const answer =
      '-DENIED Redis is running in protected mode because protected mode is enabled and no password is set.\r\n';
    const server = net.createServer((socket) => socket.end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as net.AddressInfo;
      const link = await linkTo(`redis://${login === '' ? '' : `${login}@`}127.0.0.1:${port}`);
      await becomes(link, 'REDIS_PROTECTED');
      expect(link.problem()?.message).toContain('requirepass');
      expect(said.split('"code":"REDIS_PROTECTED"')).toHaveLength(2);
      expect(said).not.toContain('REDIS_UNREACHABLE');
    } finally {
      server.close();
    }
  },
);

test('a user whose rules leave out INFO is told that the eviction policy is not known, and works', async () => {
  await redis.command('ACL SETUSER narrow on >pw ~altsmith:* +@all -@dangerous');
  const link = await linkTo(as('narrow:pw'));
  await becomes(link, null);
  expect(said).toContain('does not let this user ask how it is set up');
});

test('TLS with an authority of its own, by address and file', async () => {
  const config = readConfig({
    ALTSMITH_QUEUE: 'bull',
    ALTSMITH_REDIS_URL: redis.tlsUrl,
    ALTSMITH_REDIS_CA: certificate.file,
  });
  expect(config.redis).toEqual({ url: redis.tlsUrl, prefix: 'altsmith', ca: readFileSync(certificate.file, 'utf8') });
  await becomes(await linkTo(redis.tlsUrl, config.redis?.ca ?? null), null);
  const stranger = await linkTo(redis.tlsUrl);
  await becomes(stranger, 'REDIS_TLS_FAILED');
  expect(said).toContain('A TLS connection to Redis cannot be made');
});

test('a Redis that is away, comes, freezes and thaws', async () => {
  const own = await RedisServer.prepare();
  try {
    const link = await linkTo(own.url);
    await becomes(link, 'REDIS_UNREACHABLE');
    await own.start();
    await becomes(link, null);
    own.signal('SIGSTOP');
    await becomes(link, 'REDIS_UNREACHABLE');
    own.signal('SIGCONT');
    await becomes(link, null);
  } finally {
    await own.remove();
  }
}, 120_000);

test('settings that name no Redis are refused with a sentence', () => {
  const wrong = { ALTSMITH_REDIS_URL: 'http://redis', ALTSMITH_REDIS_PREFIX: 'a b', ALTSMITH_REDIS_CA: '/nowhere.pem' };
  expect(() => readConfig({ ...wrong, ALTSMITH_REDIS_PREFIX: 'fine' })).toThrow(
    /ALTSMITH_REDIS_URL: must be an address[^]*ALTSMITH_REDIS_CA: the file/,
  );
  expect(() => readConfig(wrong)).toThrow(/ALTSMITH_REDIS_PREFIX: must be/);
});

test('one that throws keys away is noticed too where it was not there at the start', async () => {
  const own = await RedisServer.prepare(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
  try {
    const link = await linkTo(own.url);
    await becomes(link, 'REDIS_UNREACHABLE');
    await own.start();
    await becomes(link, 'REDIS_EVICTS');
    link.worked();
    expect(link.problem()?.code).toBe('REDIS_EVICTS');
    await own.command('CONFIG SET maxmemory-policy noeviction');
    await becomes(link, null);
  } finally {
    await own.remove();
  }
});

test('a second sidecar of the same prefix is told so, until the first is gone', async () => {
  const markMs = 200;
  const windows = [1, 2, 3].map((number) => {
    const link = new RedisLink({ url: redis.url, prefix: number === 3 ? 'third' : 'shared', ca: null }, logger);
    links.push(link);
    return { link, window: new BullWindow(link, [], markMs) };
  });
  const [first, second, other] = windows as [(typeof windows)[0], (typeof windows)[0], (typeof windows)[0]];
  for (const { window } of windows) await window.start();
  const look = async () => {
    for (const { window } of windows) await window.look();
  };
  await waitFor('the second to be told', async () => {
    await look();
    return second.link.warning()?.code === 'REDIS_PREFIX_SHARED';
  });
  expect([first.link.warning(), other.link.warning(), second.link.problem()]).toEqual([null, null, null]);
  await first.window.close();
  await second.window.look();
  expect(second.link.warning()).toBeNull();
  expect(said).toContain('ALTSMITH_REDIS_PREFIX');
  await Promise.all([second.window.close(), other.window.close()]);
});
