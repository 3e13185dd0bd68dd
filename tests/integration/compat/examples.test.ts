import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fakeCaption } from '../../support/fake-engine';
import { makeKey } from '../../support/admin-key';
import { EXAMPLES, PHOTO, runExample } from '../../support/run-example';
import { TestSidecar } from '../../support/test-sidecar';

const altText = fakeCaption(readFileSync(PHOTO)).replace(/^a/, 'A');
const files = readdirSync(EXAMPLES);

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
});
afterAll(() => sidecar.remove());

test.each(files.filter((file) => file.endsWith('.mjs')))('%s prints the caption', async (file) => {
  expect(await runExample(process.execPath, file, sidecar)).toBe(altText);
});

test('curl.sh prints the whole answer', async () => {
  expect(JSON.parse(await runExample('sh', 'curl.sh', sidecar))).toMatchObject({ alt_text: altText });
});

test('the alert rules ask for figures that the sidecar gives', async () => {
  const rules = readFileSync(path.join(EXAMPLES, 'prometheus-alerts.yml'), 'utf8');
  const asked = [...new Set(rules.match(/\baltsmith_\w+/g))];
  expect(asked.length).toBeGreaterThan(3);
  const answer = await fetch(`${sidecar.url}/metrics`, {
    headers: { authorization: `Bearer ${makeKey(sidecar.dataDir, 'metrics')}` },
  });
  const given = new Set(Array.from((await answer.text()).matchAll(/^# TYPE (\w+)/gm), ([, name]) => name));
  expect(asked.filter((name) => !given.has(name))).toEqual([]);
});

test('every example is of a kind that some test runs', () => {
  // Those of proxies are run by server/http/proxies.test.ts, that of Payload by tests/clients/payload.test.ts.
  expect(files.filter((file) => !/\.(mjs|sh|py)$/.test(file))).toEqual(['payload', 'prometheus-alerts.yml', 'proxies']);
});
