import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fakeCaption } from '../support/fake-engine';
import { EXAMPLES, PHOTO } from '../support/run-example';
import { samplePng } from '../support/sample-image';
import { TestSidecar } from '../support/test-sidecar';

// Only in `npm run test:clients`: it installs Payload and its SQLite adapter into a folder of its own first.

const altText = fakeCaption(readFileSync(PHOTO)).replace(/^a/, 'A');
const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-payload-'));

let sidecar: TestSidecar;
beforeAll(async () => {
  cpSync(path.join(EXAMPLES, 'payload'), folder, { recursive: true });
  cpSync(path.join(__dirname, 'payload-flow.mjs'), path.join(folder, 'payload-flow.mjs'));
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder });
  sidecar = await TestSidecar.start();
}, 600_000);
afterAll(async () => {
  await sidecar.remove();
  rmSync(folder, { recursive: true });
});

test('Payload: upload, suggestion, approval, field; and a person’s own text wins', async () => {
  const other = path.join(folder, 'other.png');
  writeFileSync(other, samplePng(7, { width: 320, height: 240 }).bytes);
  mkdirSync(path.join(folder, 'data'));
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    ALTSMITH_URL: sidecar.url,
    ALTSMITH_KEY: sidecar.key,
    PAYLOAD_SECRET: 'a secret of the test',
    PAYLOAD_DATA: path.join(folder, 'data'),
    PAYLOAD_DISABLE_TELEMETRY: '1',
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['payload-flow.mjs', PHOTO, other], {
    cwd: folder,
    env,
    maxBuffer: 16e6,
  });
  const seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(seen).toMatchObject({
    uploaded: { alt: '', state: 'queued' },
    suggested: { alt: '', state: 'suggested', text: altText },
    stranger: 401,
    after_stranger: { alt: '', state: 'suggested' },
    status: 200,
    approved: { alt: 'A tabby cat', state: 'applied' },
    conflict: { alt: 'Written by a person', state: 'conflict' },
    decorative: { alt: '', state: 'decorative' },
    again: { alt: 'A tabby cat', state: 'applied' },
  });
  const { body } = await sidecar.call('GET', '/v1/suggestions?limit=10');
  expect(body.items.map((one: any) => one.state).sort()).toEqual(['applied', 'conflict', 'decorative']);
});
