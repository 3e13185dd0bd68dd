import { ConsoleBrowser } from '../support/console-browser';
import { ToyTranslator } from '../support/models/toy-translator';
import { askFor, suggestionOf, whenEnded } from '../support/review-rows';
import { SidecarProcess } from '../support/sidecar-process';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

let toy: ToyTranslator;
let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
beforeAll(async () => {
  toy = await ToyTranslator.make();
  sidecar = await SidecarProcess.start();
  toy.pullInto(sidecar.dataDir, 'ar');
  await whenEnded(sidecar, await askFor(sidecar, 'coffee.jpg', 'english'));
  browser = await ConsoleBrowser.open(sidecar.url);
  await browser.logIn(sidecar.key);
});
afterAll(async () => {
  await browser.close();
  await sidecar.remove();
  toy.remove();
});
afterEach(() => {
  expect(browser.errors.splice(0)).toEqual([]);
});

const card = (subject: string) => browser.page.getByRole('article', { name: `attachment ${subject}`, exact: true });

test('the languages of the site are kept, and new suggestions are in them', async () => {
  const { page } = browser;
  await browser.go('Queue');
  await page.getByLabel(/Languages where a request names none/).fill('ar');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText('translated by toy-ar').waitFor();
  await waitFor(
    'them to be kept',
    async () => (await sidecar.call('GET', '/v1/site')).body.site.languages.length === 1,
  );
  expect(await browser.barriers()).toEqual([]);
  await whenEnded(sidecar, await askFor(sidecar, 'cat.jpg', 'cat'));
  expect(await suggestionOf(sidecar, 'cat')).toMatchObject({ language: 'ar', translator: { id: 'toy-ar' } });
});

test('the English stands beside the translation; corrected, it is translated again, and both are approved', async () => {
  const { page } = browser;
  await browser.go('Review');
  const text = card('cat').getByLabel('Alt text', { exact: true });
  const english = card('cat').getByLabel('English', { exact: true });
  const suggestion = await suggestionOf(sidecar, 'cat');
  expect([await text.inputValue(), await english.inputValue()]).toEqual([
    suggestion.fields.alt_text,
    suggestion.source,
  ]);
  expect([await text.getAttribute('lang'), await english.getAttribute('lang')]).toEqual(['ar', 'en']);
  await browser.picture('8-languages', { wholePage: false });
  expect(await browser.barriers()).toEqual([]);
  await english.fill('Two dogs standing next to a bench');
  await card('cat').getByRole('button', { name: 'Translate again into Arabic' }).click();
  await waitFor('the translation', async () => (await text.inputValue()) === 'Zwei Hunde steht neben einer Bank');
  await card('cat').getByRole('button', { name: 'Approve attachment cat' }).click();
  await card('cat').waitFor({ state: 'detached' });
  expect((await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`)).body.suggestion).toMatchObject({
    state: 'approved',
    values: { alt_text: 'Zwei Hunde steht neben einer Bank' },
    approved_source: 'Two dogs standing next to a bench',
  });
  expect(await card('english').getByLabel('English', { exact: true }).count()).toBe(0);
  await page.keyboard.press('Escape');
});

test('what is there already is translated in a run', async () => {
  const { page } = browser;
  await browser.go('Queue');
  await page.getByRole('button', { name: 'Translate what is there into Arabic (ar)' }).press('Enter');
  await page.getByText('1 of 1 text').waitFor();
  const { items } = (await sidecar.call('GET', '/v1/suggestions?state=pending')).body;
  expect(items.map(({ subject, language }: any) => [subject.id, language]).sort()).toEqual([
    ['english', 'ar'],
    ['english', 'en'],
  ]);
});
