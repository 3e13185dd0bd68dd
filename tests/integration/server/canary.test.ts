import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { Receiver } from '../../support/receiver';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

/** What people may write into a text and must not find again in a log. */
const WRITTEN = 'CANARY-private-words';

let sidecar: TestSidecar;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.start();
  sidecar = await TestSidecar.start({ env: { ALTSMITH_WEBHOOK_ORIGINS: receiver.origin } });
});
afterAll(async () => {
  await sidecar.remove();
  await receiver.stop();
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());

test('no secret is found again in logs, database, backups, answers or metrics', async () => {
  const made = [sidecar.key];
  const command = async (...args: string[]) => (await altsmith(sidecar.dataDir, [...args, '--json'])).json;
  for (const scope of ['site', 'worker', 'admin']) made.push((await command('keys', 'create', '--scope', scope)).key);
  const rotated = await command('keys', 'create');
  made.push(rotated.key, (await command('keys', 'rotate', rotated.id)).key);
  const admin = made[3]!;
  // Every way a key can travel: good, wrong, in the wrong place, with a log-in, and past an error.
  const secrets = made.map((key) => key.split('_').slice(2).join('_'));
  expect(secrets.map((secret) => secret.length)).toEqual(secrets.map(() => 43));
  for (const key of made) {
    await sidecar.call('GET', '/v1/status', undefined, { key });
    await sidecar.call('GET', `/v1/suggestions?q=${key}`, undefined, { key: 'alt_wrong_key' });
    await sidecar.call('POST', '/v1/jobs', { key, nonsense: true });
  }
  await sidecar.call('GET', '/v1/admin/keys', undefined, { key: admin });
  const { body } = await sidecar.call('PUT', '/v1/webhook', { url: `${receiver.origin}/hook` });
  secrets.push(String(body.webhook.secret).replace('whsec_', ''));
  const suggestion = await sidecar.suggest(samplePng(1), '1', { context: { page_title: WRITTEN } });
  await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, {
    action: 'approve',
    values: { alt_text: WRITTEN },
    by: { id: '1', name: 'Ada' },
    version: 1,
  });
  await sidecar.call('GET', `/v1/suggestions?q=${WRITTEN}`);
  await command('backup');
  const metrics = (await sidecar.call('GET', '/metrics', undefined, { key: makeKey(sidecar.dataDir, 'metrics') }))
    .body as string;
  const log = sidecar.logLines.join('');
  expect(log.length).toBeGreaterThan(1000);

  for (const secret of secrets) expect([log.includes(secret), metrics.includes(secret)]).toEqual([false, false]);
  expect(log).not.toContain(WRITTEN);
  // The webhook's own secret has to be kept to sign with; keys are kept as hashes only.
  const keys = secrets.slice(0, -1);
  expect(keys.length).toBe(6);
  for (const file of filesBelow(sidecar.dataDir).filter((name) => path.basename(name) !== 'first-key.txt')) {
    const bytes = readFileSync(file);
    expect(keys.filter((key) => bytes.includes(key)).map(() => path.basename(file))).toEqual([]);
  }
  expect(readFileSync(path.join(sidecar.dataDir, 'first-key.txt'), 'utf8')).toContain(keys[0]);
});
