import path from 'node:path';
import { openDatabase } from '../../server/storage/database';
import { ConsoleBrowser } from '../support/console-browser';
import { askFor, suggestionOf, whenEnded } from '../support/review-rows';
import { SidecarProcess } from '../support/sidecar-process';

jest.setTimeout(180_000);

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

const kept = async () => (await sidecar.call('GET', '/v1/site')).body.site.glossary as any[];

test('a word is added by keyboard, and new suggestions say it', async () => {
  const { page } = browser;
  await browser.go('Words');
  await page.getByText('There are no words of your own yet.').waitFor();
  await page.getByRole('button', { name: 'Add a word' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a word' });
  await dialog.getByLabel('Say').fill('Ocicat');
  await dialog.getByLabel('Instead of').fill('cat, kitty');
  await dialog.getByLabel(/name of a product or place/).check();
  expect(await browser.barriers()).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByRole('row', { name: /Ocicat/ }).waitFor();
  expect(await kept()).toEqual([
    { term: 'Ocicat', forms: [], instead_of: ['cat', 'kitty'], is_name: true, language: 'en' },
  ]);
  await whenEnded(sidecar, await askFor(sidecar, 'cat.jpg', 'cat'));
  const suggestion = await suggestionOf(sidecar, 'cat');
  expect(suggestion.fields.alt_text).toContain('Ocicat');
  expect(suggestion.flags.map(({ code }: any) => code)).toContain('glossary');
});

test('what the sidecar refuses is said in the dialog, and nothing is lost', async () => {
  const { page } = browser;
  await page.getByRole('button', { name: 'Add a word' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a word' });
  await dialog.getByLabel('Say').fill('ocicat');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').or(dialog.locator('.notice')).first().waitFor();
  expect(await dialog.getByLabel('Say').inputValue()).toBe('ocicat');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await kept()).toHaveLength(1);
});

test('what people do with the texts of each model is shown, and a drop is told in a sentence', async () => {
  const { page } = browser;
  await browser.go('Acceptance');
  await page.getByText('Nobody has decided about a text one by one yet.').waitFor();
  const { id, version } = await suggestionOf(sidecar, 'cat');
  const reject = { action: 'reject', reason: 'vague', displayed: true, by: { id: '1', name: 'Ada' }, version };
  await sidecar.call('POST', `/v1/suggestions/${id}/decision`, reject);
  await page.reload();
  await page.getByRole('row', { name: /mini.*too vague: 1/s }).waitFor();
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  storage.db
    .prepare(
      `INSERT INTO acceptances (site_id, task, model, fingerprint, untouched, edited, rejected, edits, open_ms, timed, recent, first_at, last_at)
       SELECT id, 'caption', 'blip-base', 'f00dcafe99', 216, 20, 14, 6, 900000, 200, ?, 1, ? FROM sites`,
    )
    .run('+'.repeat(190) + '-'.repeat(10) + '-+'.repeat(24), Date.now());
  storage.close();
  await page.reload();
  const told = page.getByRole('note').filter({ hasText: 'Fewer texts of pictures are approved as they are.' });
  expect(await told.textContent()).toContain('blip-base: 50 % of the last 48 decisions, before that 95 % of 200.');
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('8-acceptance');
  await page.setViewportSize({ width: 375, height: 800 });
  expect(await browser.fitsTheScreen()).toBe(true);
  await page.setViewportSize({ width: 1280, height: 900 });
  await browser.go('Words');
});

test('a word is changed and removed; the page fits a small screen', async () => {
  const { page } = browser;
  await page.getByRole('button', { name: 'Change Ocicat' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change “Ocicat”' });
  await dialog.getByLabel('Other forms').fill('Ocicats');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /Ocicats/ }).waitFor();
  await page.setViewportSize({ width: 375, height: 800 });
  expect(await browser.fitsTheScreen()).toBe(true);
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('8-words', { wholePage: false });
  await page.getByRole('button', { name: 'Remove Ocicat' }).click();
  await page.getByText('There are no words of your own yet.').waitFor();
  expect(await kept()).toEqual([]);
});
