import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port';
import { FetchingSidecar } from '../../support/models/fetching-sidecar';
import { atTerminal } from '../../support/terminal';
import { SmallDisk, testWithDisk } from '../../support/small-disk';
import { waitFor } from '../../support/wait-for';

jest.setTimeout(60_000);

const PHOTO = readFileSync(path.resolve(__dirname, '../../fixtures/images/cat.jpg'));
const GOES_ON = 'The demonstration model goes on; the next try is in a minute.';
const REFUSED =
  'blip-base could not be fetched: The model hub does not have the file, or does not hand it out; see "altsmith models pull --help"';
const UNREACHABLE =
  'blip-base could not be fetched: The model hub cannot be reached; set HF_ENDPOINT to a mirror, or pull from a folder with --from';

let fetching: FetchingSidecar;
afterEach(() => fetching.remove());

/** A sidecar with mini that has given up fetching for now, and what it says about that. */
async function messageOf(prepare: () => Promise<void> | void, env: Record<string, string> = {}): Promise<string> {
  fetching = await FetchingSidecar.create({ ALTSMITH_WORKERS: '1', ALTSMITH_TEST_SHORT_PAUSES: '1', ...env });
  await prepare();
  await fetching.sidecar.start();
  const { message } = await waitFor('the fetch to give up for now', async () => {
    const coming = (await fetching.status()).coming_model;
    return coming?.state === 'waiting' ? coming : null;
  });
  return message;
}

/** The same sentence is the only warning of the log, and captions are made by mini. */
async function expectItGoesOn(message: string): Promise<void> {
  const { sidecar } = fetching;
  const logged = sidecar.output.split('\n').filter((line) => line.startsWith('{') && line.includes('"level":40'));
  expect(logged.map((line) => JSON.parse(line).reason)).toEqual([message]);
  const { status, body } = await sidecar.call('POST', '/v1/captions', PHOTO);
  expect([status, body.model?.id]).toEqual([200, 'mini']);
  expect((await fetch(`${sidecar.url}/readyz`)).status).toBe(200);
  const kept = readdirSync(sidecar.dataDir).includes('models') ? readdirSync(fetching.pulled) : [];
  expect(kept.filter((name) => !['.downloads', 'ballast'].includes(name))).toEqual([]);
}

const page = { 'content-type': 'text/html; charset=utf-8', 'content-length': '1532' };
/** Another try at once. */
const again = { 'retry-after': '0' };

test.each<[string, number, Record<string, string>, string]>([
  [
    "a proxy's own page",
    200,
    page,
    `${REFUSED} (a web page came instead of the file, perhaps that of a proxy or of the network's login).`,
  ],
  ['401', 401, {}, `${REFUSED} (it answers 401).`],
  ['403', 403, {}, `${REFUSED} (it answers 403).`],
  ['404', 404, { 'x-error-code': 'RepoNotFound' }, `${REFUSED} (it answers 404).`],
  ['429', 429, again, `${UNREACHABLE} (it answers 429).`],
  ['503', 503, again, `${UNREACHABLE} (it answers 503).`],
])('a hub that answers with %s is told in one sentence, and mini goes on', async (_, status, headers, sentence) => {
  const message = await messageOf(() => {
    fetching.hub.fail(
      'config.json',
      ...Array.from({ length: 20 }, () => ({ kind: 'status', status, headers }) as const),
    );
  });
  expect(message).toBe(`${sentence} ${GOES_ON}`);
  await expectItGoesOn(message);
});

test('a hub that is not there is told in one sentence, and mini goes on', async () => {
  const message = await messageOf(() => undefined, {
    HF_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    ALTSMITH_RESUGGEST: 'never',
  });
  expect(message).toBe(`${UNREACHABLE} (ECONNREFUSED). ${GOES_ON}`);
  expect((await fetching.status()).coming_model).toMatchObject({ asks_again: false });
  await expectItGoesOn(message);
});

test.each([
  ['http://127.0.0.1:6000', 'HTTP clients do not use this port'],
  ['http://ann:secret@127.0.0.1:8080', 'HF_ENDPOINT is no address of a hub'],
  ['127.0.0.1:8080', 'HF_ENDPOINT is no address of a hub'],
])('an HF_ENDPOINT that cannot be asked, %s, is told in one sentence, and mini goes on', async (address, cause) => {
  const message = await messageOf(() => undefined, { HF_ENDPOINT: address });
  expect(message).toBe(`${UNREACHABLE} (${cause}). ${GOES_ON}`);
  expect(message).not.toContain('secret');
  await expectItGoesOn(message);
});

testWithDisk('a disk without room is told in one sentence, and mini goes on', async () => {
  const disk = SmallDisk.make(1);
  disk.fill(100_000);
  try {
    const message = await messageOf(() => {
      mkdirSync(fetching.sidecar.dataDir, { recursive: true });
      symlinkSync(disk.folder, fetching.pulled);
    });
    expect(message).toBe(`blip-base could not be fetched: The disk is full; free some space and try again. ${GOES_ON}`);
    await expectItGoesOn(message);
  } finally {
    await fetching.remove();
    disk.remove();
  }
});

test('too little memory is told in one sentence, nothing is asked of the hub, and mini goes on', async () => {
  const message = await messageOf(() => undefined, { ALTSMITH_TEST_MEMORY: String(400e6) });
  expect(message).toMatch(
    /^blip-base is not fetched: it takes about \d\.\d GB of memory, and this machine or container has 0\.4 GB\. The demonstration model goes on\.$/,
  );
  await expectItGoesOn(message);
  expect(fetching.hub.seen).toEqual([]);
});

test('at a terminal a fetch that fails is one plain line', async () => {
  fetching = await FetchingSidecar.create({ ALTSMITH_WORKERS: '1', ALTSMITH_TEST_SHORT_PAUSES: '1' });
  fetching.hub.fail('config.json', ...Array.from({ length: 20 }, () => ({ kind: 'status', status: 404 }) as const));
  const { child, ended, text } = atTerminal(['start'], { ...fetching.env, ALTSMITH_PORT: '0' });
  try {
    await waitFor('the failure', () => text().includes(`  note     ${REFUSED} (it answers 404). ${GOES_ON}`));
    expect(text()).not.toMatch(/[{}]|^ +at /m);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});
