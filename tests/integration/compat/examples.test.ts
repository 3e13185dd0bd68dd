import { readdirSync, readFileSync } from 'node:fs';
import { fakeCaption } from '../../support/fake-engine';
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

test('every example is of a kind that some test runs', () => {
  expect(files.filter((file) => !/\.(mjs|sh|py)$/.test(file))).toEqual([]);
});
