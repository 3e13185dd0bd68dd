import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConsoleBrowser } from '../support/console-browser';
import { askFor, askForBytes, whenEnded } from '../support/review-rows';
import { SidecarProcess } from '../support/sidecar-process';

jest.setTimeout(120_000);

let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  browser = await ConsoleBrowser.open(sidecar.url);
  await browser.logIn(sidecar.key);
});
afterAll(async () => {
  await browser.close();
  await sidecar.remove();
});
afterEach(() => {
  expect(browser.errors.splice(0)).toEqual([]);
});

/** Its header is fine, so it is taken in; the pixels are cut off. */
function cutPhotograph(): Buffer {
  const whole = readFileSync(path.resolve(__dirname, '../fixtures/images/cat.jpg'));
  return whole.subarray(0, 2000);
}

test('an empty queue says so, without inventing a rate or a price', async () => {
  const { page } = browser;
  await browser.go('Queue');
  await page.getByText('Nothing has failed.').waitFor();
  const tile = (name: string) => page.locator('.tile', { hasText: name }).locator('.figure');
  await expect(tile('Rate').textContent()).resolves.toBe('–');
  await expect(tile('Cost of a picture').textContent()).resolves.toBe('–');
  await expect(tile('Time left').textContent()).resolves.toBe('none');
  expect(await browser.barriers()).toEqual([]);
});

test('a picture that cannot be decoded is listed with its reason, and can be tried again', async () => {
  const { page } = browser;
  const failed = await whenEnded(sidecar, await askForBytes(sidecar, cutPhotograph(), 'cut'));
  expect(failed.error.code).toBe('IMAGE_CORRUPT');
  const row = page.getByRole('row', { name: /attachment cut/ });
  await row.getByText('The image is damaged and cannot be decoded; put a whole copy in its place.').waitFor();
  await row.getByText('will fail again as it is').waitFor();
  await browser.picture('6-queue');
  expect(await browser.barriers()).toEqual([]);
  await row.getByRole('button', { name: 'Try again attachment cut' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('[aria-live=polite]', { hasText: '1 job waiting again.' }).waitFor({ state: 'attached' });
  const again = await whenEnded(sidecar, failed.id);
  expect(Date.parse(again.finished_at)).toBeGreaterThan(Date.parse(failed.finished_at));
});

test('the tabs go by arrow keys; done jobs are under Done', async () => {
  const { page } = browser;
  await whenEnded(sidecar, await askFor(sidecar, 'rocket.jpg', 'rocket'));
  await page.getByRole('tab', { name: 'Failed' }).focus();
  for (const name of ['Waiting', 'Running', 'Done']) {
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name, selected: true }).waitFor();
  }
  await page.getByRole('row', { name: /attachment rocket/ }).waitFor();
});

test('a run is shown with its progress, and can be paused, resumed and cancelled', async () => {
  const { page } = browser;
  const { body } = await sidecar.call('POST', '/v1/runs', { name: 'Old pictures', expected: 10 });
  expect(body.run.state).toBe('running');
  const run = page.getByRole('listitem').filter({ hasText: 'Old pictures' });
  await run.getByText('0 of 10 pictures').waitFor();
  for (const [button, state] of [
    ['Pause', 'paused'],
    ['Resume', 'running'],
    ['Cancel', 'cancelled'],
  ] as const) {
    await run.getByRole('button', { name: button }).click();
    await run.getByText(state, { exact: true }).waitFor();
  }
  await run.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the run' }).click();
  await run.getByText('undone', { exact: true }).waitFor();
});

test('with the owner’s price, a picture has a cost; it is kept in the browser', async () => {
  const { page } = browser;
  await browser.go('Set-up');
  await page.getByLabel('Price of an hour').fill('0.36');
  await page.getByRole('button', { name: 'Keep' }).click();
  await browser.go('Queue');
  const cost = page.locator('.tile', { hasText: 'Cost of a picture' }).locator('.figure');
  const seconds = page.locator('.tile', { hasText: 'A picture takes' }).locator('.figure');
  await cost.getByText(/0\.0\d* EUR/).waitFor();
  const status = (await sidecar.call('GET', '/v1/status')).body;
  const shown = Number.parseFloat((await cost.textContent()) ?? '');
  expect(shown / status.seconds_per_image).toBeCloseTo(0.36 / 3600, 5);
  await expect(seconds.textContent()).resolves.toMatch(/\d+ ms|\d+\.\d+ s/);
  await page.reload();
  await cost.getByText(/0\.0\d* EUR/).waitFor();
});
