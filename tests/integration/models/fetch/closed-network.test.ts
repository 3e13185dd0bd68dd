import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadFile, type DownloadTools } from '../../../../models/fetch/download';
import { FakeHub } from '../../../support/fake-hub';
import { freePort } from '../../../support/free-port';
import { LocalProxy } from '../../../support/local-proxy';
import { TlsFront } from '../../../support/tls-front';

const REPO = 'Org/model';
const COMMIT = '82a37760796d32b1411fe092ab5d4e227313294b';
const WANTED = { repo: REPO, commit: COMMIT, name: 'config.json', bytes: null, sha256: null };

let folder: string;
let hub: FakeHub;
let front: TlsFront;
let proxy: LocalProxy;
let told: string[];
let proxies: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-closed-'));
  mkdirSync(path.join(folder, 'repo'));
  writeFileSync(path.join(folder, 'repo/config.json'), '{"model_type":"blip"}');
  hub = new FakeHub([{ name: REPO, commit: COMMIT, folder: path.join(folder, 'repo') }]);
  await hub.start();
  front = await TlsFront.start(Number(new URL(hub.endpoint).port), ['hub.example.com']);
  proxy = await LocalProxy.start(Number(new URL(hub.endpoint).port));
  told = [];
  proxies = {};
});
afterEach(async () => {
  await proxy.stop();
  await front.stop();
  await hub.stop();
  rmSync(folder, { recursive: true });
});

function download(endpoint: string): Promise<unknown> {
  const tools: DownloadTools = {
    hub: { endpoint, proxies, token: null, offline: false, cache: path.join(folder, 'cache') },
    progress: () => undefined,
    failed: (reason, waitMs) => told.push(`${reason} ${waitMs}`),
    wait: () => Promise.resolve(),
  };
  return downloadFile(WANTED, path.join(folder, 'config.json'), tools);
}

describe('a download', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('goes through the proxy of %s', async (name) => {
    proxies[name] = proxy.address.replace('//', '//user:secret@');
    await download('http://hub.example.com');
    expect(readFileSync(path.join(folder, 'config.json'), 'utf8')).toBe('{"model_type":"blip"}');
    expect(new Set(proxy.tunnels)).toEqual(new Set(['hub.example.com:80']));
    expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
  });

  it('goes directly to this machine', async () => {
    proxies['HTTP_PROXY'] = proxy.address;
    await download(hub.endpoint);
    expect(proxy.tunnels).toEqual([]);
  });

  it('tells the refusal of a proxy at once', async () => {
    proxies['HTTP_PROXY'] = proxy.address;
    proxy.refuses = 403;
    await expect(download('http://hub.example.com')).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      message: expect.stringContaining('the proxy answers 403'),
    });
    expect([proxy.tunnels.length, told]).toEqual([1, []]);
  });

  it('refuses a proxy that is none, without its password', async () => {
    proxies['HTTP_PROXY'] = 'socks5://user:secret@127.0.0.1:1080';
    const refusal = download('http://hub.example.com');
    await expect(refusal).rejects.toMatchObject({ message: expect.stringContaining('HTTP_PROXY is no address') });
    await expect(refusal).rejects.toMatchObject({ message: expect.not.stringContaining('secret') });
  });

  it('does not try an unknown certificate again, and says what to set', async () => {
    await expect(download(`https://127.0.0.1:${front.port}`)).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      message: expect.stringMatching(/\(DEPTH_ZERO_SELF_SIGNED_CERT\): set NODE_EXTRA_CA_CERTS/),
    });
    expect(told).toEqual([]);
  });

  it('tries again where nobody listens, and says why each time', async () => {
    const port = await freePort();
    await expect(download(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      message: expect.stringContaining(`127.0.0.1:${port} could not be reached (ECONNREFUSED)`),
    });
    expect(told).toHaveLength(5);
    expect(told[0]).toBe(`127.0.0.1:${port} could not be reached (ECONNREFUSED) 1000`);
  });
});

function pull(env: NodeJS.ProcessEnv): Promise<{ out: any; told: string }> {
  const script = path.resolve(__dirname, '../../../../server/cli/index.js');
  const settings = {
    ...process.env,
    ALTSMITH_DATA_DIR: path.join(folder, 'data'),
    HF_HOME: path.join(folder, 'hf'),
    HF_ENDPOINT: 'https://hub.example.com',
    HTTPS_PROXY: proxy.address,
    ...env,
  };
  return new Promise((resolve) => {
    const words = [script, 'models', 'pull', 'blip-base', '--json', '--no-compare'];
    execFile(process.execPath, words, { env: settings }, (_error, stdout, stderr) => {
      resolve({ out: JSON.parse(stdout || 'null'), told: stderr });
    });
  });
}

describe('altsmith models pull behind a proxy that opens every certificate', () => {
  beforeEach(async () => {
    await proxy.stop();
    proxy = await LocalProxy.start(front.port);
  });

  it('reaches the hub with the authority of NODE_EXTRA_CA_CERTS', async () => {
    const { out } = await pull({ NODE_EXTRA_CA_CERTS: front.certificate });
    // The hub of this test has another model.
    expect(out.error.code).toBe('HUB_REFUSED');
    expect(proxy.tunnels).toContain('hub.example.com:443');
    expect(hub.seen.length).toBeGreaterThan(0);
  });

  it('names the cause without it', async () => {
    const { out } = await pull({});
    expect(out.error).toMatchObject({ code: 'HUB_UNREACHABLE', cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(hub.seen).toEqual([]);
  });

  it('says on the terminal when it tries again', async () => {
    const port = await freePort();
    const { told } = await pullUntilItWaits(`http://127.0.0.1:${port}`);
    expect(told).toContain('could not be reached (ECONNREFUSED); trying again in 1 s');
  });
});

/** Ends the pull once it has said that it waits. */
function pullUntilItWaits(endpoint: string): Promise<{ told: string }> {
  const script = path.resolve(__dirname, '../../../../server/cli/index.js');
  const env = { ...process.env, ALTSMITH_DATA_DIR: path.join(folder, 'data'), HF_ENDPOINT: endpoint };
  return new Promise((resolve) => {
    let said = '';
    const words = [script, 'models', 'pull', 'blip-base', '--no-compare'];
    const child = execFile(process.execPath, words, { env: { ...env, HF_HOME: path.join(folder, 'hf') } }, () =>
      resolve({ told: said }),
    );
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('trying again')) child.kill();
    });
  });
}
