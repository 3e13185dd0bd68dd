import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Ollama } from 'ollama';
import { COMPAT_ROUTES } from '../../../server/http/compat/faces';
import { makeAdminKey } from '../../support/admin-key';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const picture = samplePng(1, { width: 320, height: 240 });
const base64 = picture.bytes.toString('base64');
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');

let open: TestSidecar;
let closed: TestSidecar;
beforeAll(async () => {
  open = await TestSidecar.start({
    env: { ALTSMITH_OLLAMA_KEYLESS: 'loopback', ALTSMITH_OLLAMA_NAMES: 'llava, moondream' },
  });
  closed = await TestSidecar.start();
});
afterAll(() => Promise.all([open.remove(), closed.remove()]));

const keyless = (sidecar: TestSidecar, method: string, path: string, headers: Record<string, string> = {}) =>
  sidecar.call(method, path, method === 'GET' ? undefined : { model: 'llava', images: [base64], stream: false }, {
    key: null,
    headers,
  });

test('a client that can send no key captions, where the owner allows it', async () => {
  const client = new Ollama({ host: open.url });
  const answer = await client.generate({ model: 'llava', prompt: '', images: [base64] });
  expect(answer.response).toBe(altText);
  const messages = [{ role: 'user', content: 'Describe this image.', images: [base64] }];
  expect((await client.chat({ model: 'llava', messages })).message.content).toBe(altText);
  expect((await client.show({ model: 'llava' })).capabilities).toContain('vision');
});

test('clients that show only names they know find one', async () => {
  const { models } = await new Ollama({ host: open.url }).list();
  expect(models.map(({ name }) => name)).toEqual(['fake', 'llava', 'moondream']);
});

test('it is off unless the owner says so', async () => {
  await expect(new Ollama({ host: closed.url }).list()).rejects.toThrow(/key/);
  expect((await keyless(closed, 'POST', '/api/generate')).status).toBe(401);
});

test.each([
  ['a page on the web, through the browser', { origin: 'https://evil.example' }],
  ['a page that hides its origin', { origin: 'null' }],
  ['a form or picture of a page', { 'sec-fetch-site': 'cross-site' }],
  ['an older browser', { referer: 'https://evil.example/' }],
  ['somebody behind a proxy', { 'x-forwarded-for': '203.0.113.1' }],
  ['a proxy that only says so', { via: '1.1 proxy' }],
  ['a wrong key', { authorization: 'Bearer alt_wrong' }],
  ['a wrong key under another name', { 'x-api-key': 'alt_wrong' }],
])('%s is not let in all the same', async (_who, headers) => {
  const before = open.engine.requests.length;
  expect((await keyless(open, 'POST', '/api/generate', headers)).status).toBe(401);
  expect(open.engine.requests).toHaveLength(before);
});

test('a name that is pointed at this machine is refused before anything else', async () => {
  const { sendRaw } = await import('../../support/http-request');
  const answer = await sendRaw(open.url, {
    method: 'GET',
    path: '/api/tags',
    headers: { host: 'evil.example' },
    body: null,
  });
  expect(answer.status).toBe(400);
});

test('nothing but Ollama’s routes is open', async () => {
  const others = COMPAT_ROUTES.filter(({ face }) => face!.name !== 'ollama');
  expect(others.map(({ access }) => access)).toEqual(others.map(() => 'site'));
  expect((await keyless(open, 'GET', '/v1/status')).status).toBe(401);
  expect((await keyless(open, 'POST', '/v1/chat/completions')).status).toBe(401);
  expect((await keyless(open, 'GET', '/v1/suggestions')).status).toBe(401);
});

test('without any site left the answer says so', async () => {
  const admin = makeAdminKey(open.dataDir);
  const { body } = await open.call('GET', '/v1/admin/sites', undefined, { key: admin });
  for (const { id } of body.items) await open.call('DELETE', `/v1/admin/sites/${id}`, undefined, { key: admin });
  const answer = await keyless(open, 'POST', '/api/generate');
  expect(answer).toMatchObject({ status: 503, body: { error: expect.stringContaining('altsmith sites create') } });
  expect(readdirSync(path.join(open.dataDir, 'tmp'))).toEqual([]);
});
