import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConsoleBrowser } from '../support/console-browser';
import { askFor, whenEnded } from '../support/review-rows';
import { TestSidecar } from '../support/test-sidecar';

jest.setTimeout(120_000);

const PHOTOGRAPH = path.resolve(__dirname, '../fixtures/images/cat.jpg');

// mini neither answers nor continues a prompt, so a stand-in for the model does; everything else is real.
let sidecar: TestSidecar;
let browser: ConsoleBrowser;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_PRICE_PER_HOUR: '0.36 EUR' } });
  browser = await ConsoleBrowser.open(sidecar.url, { filesFromBuild: true });
  await browser.logIn(sidecar.key);
});
afterAll(async () => {
  await browser.close();
  await sidecar.stop();
});
afterEach(() => {
  expect(browser.errors.splice(0)).toEqual([]);
});

test('a model that can answer is asked about the picture, by keyboard, one question after the other', async () => {
  const { page } = browser;
  await page.locator('input[type=file]').setInputFiles(PHOTOGRAPH);
  await page.getByRole('heading', { name: 'Ask about this picture' }).waitFor();
  for (const question of ['Is it a cat?', 'Is it awake?']) {
    await page.getByRole('textbox', { name: 'Question' }).focus();
    await page.keyboard.type(question);
    await page.keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: question }).locator('.answer', { hasText: 'yes' }).waitFor();
  }
  const asked = sidecar.engine.requests.flatMap((request) => request.question ?? []);
  expect(asked).toEqual(['Is it a cat?', 'Is it awake?']);
  expect(await browser.spoken()).toContain('Answer: yes');
  await expect(page.locator('pre code').textContent()).resolves.toContain('question=Is+it+awake%3F');
  await browser.picture('9-question');
  expect(await browser.barriers()).toEqual([]);
});

test('an answer is added to the alt text by keyboard, and goes into what is copied', async () => {
  const { page } = browser;
  const alt = page.locator('p.alt-text');
  const before = (await alt.textContent()) ?? '';
  const last = page.getByRole('listitem').filter({ hasText: 'Is it awake?' });
  await last.getByRole('button', { name: 'Add to the alt text yes' }).press('Enter');
  await alt.getByText(`${before}, yes`, { exact: true }).waitFor();
  expect(await browser.spoken()).toContain('Added to the alt text: yes');
});

test('an answer that fails says why, and the picture’s caption stays', async () => {
  const { page } = browser;
  const caption = await page.locator('p.alt-text').textContent();
  sidecar.engine.before = () => Promise.reject(new Error('the engine fell over'));
  await page.getByRole('textbox', { name: 'Question' }).fill('And now?');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: 'And now?' }).getByText('INTERNAL').waitFor();
  await expect(page.locator('p.alt-text').textContent()).resolves.toBe(caption);
  sidecar.engine.before = () => undefined;
});

test('in the review, an answer about the thumbnail becomes an edit of the person’s, and is approved as one', async () => {
  const { page } = browser;
  sidecar.engine.thumbnail = readFileSync(PHOTOGRAPH);
  const job = await askFor(sidecar, 'cat.jpg', 'asked');
  await whenEnded(sidecar, job);
  await browser.go('Review');
  const card = page.getByRole('article', { name: 'attachment asked', exact: true });
  await card.getByText('Ask about this picture').press('Enter');
  await card.getByRole('textbox', { name: 'Question' }).fill('Is it a cat?');
  await page.keyboard.press('Enter');
  const text = card.getByLabel('Alt text', { exact: true });
  const before = await text.inputValue();
  await card.getByRole('button', { name: 'Add to the alt text yes' }).press('Enter');
  await expect(text.inputValue()).resolves.toBe(`${before}, yes`);
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('12-question-in-review');
  await card.getByRole('button', { name: 'Approve attachment asked' }).click();
  await card.waitFor({ state: 'detached' });
  const { body } = await sidecar.call('GET', `/v1/suggestions?state=approved`);
  expect(body.items[0].values.alt_text).toBe(`${before}, yes`);
  await browser.go('Try');
});

test('a prompt reaches the model, and is in the program that does the same', async () => {
  const { page } = browser;
  await page.reload();
  await page.getByText('Options').click();
  await page.getByLabel('The caption begins with').fill('a photograph of');
  await page.getByLabel('Beams').fill('3');
  await page.locator('input[type=file]').setInputFiles(PHOTOGRAPH);
  await page.locator('p.alt-text').waitFor();
  expect(sidecar.engine.requests.at(-1)?.options).toMatchObject({ prompt: 'a photograph of', beams: 3 });
  await expect(page.locator('pre code').textContent()).resolves.toContain('?prompt=a+photograph+of&beams=3');
});

test('a model that can write several things is asked for the one that was chosen, by keyboard', async () => {
  const { page } = browser;
  const { model } = sidecar.engine;
  sidecar.engine.model = { ...model, canAnswer: false, tasks: ['caption', 'detailed', 'more_detailed', 'ocr'] };
  await page.reload();
  await page.getByText('Options').click();
  const choice = page.getByLabel('What to write');
  expect(await choice.locator('option').allTextContents()).toEqual([
    'a caption',
    'a detailed caption',
    'a paragraph',
    'the text in the picture',
  ]);
  for (const [key, task] of [
    ['ArrowDown', 'detailed'],
    ['t', 'ocr'],
  ] as const) {
    await choice.focus();
    await page.keyboard.press(key);
    await page.locator('input[type=file]').setInputFiles(PHOTOGRAPH);
    await page.locator('pre code', { hasText: `task=${task}` }).waitFor();
    expect(sidecar.engine.requests.at(-1)?.options).toMatchObject({ task });
  }
  await browser.picture('11-tasks');
  expect(await browser.barriers()).toEqual([]);
  sidecar.engine.model = model;
});

test('a full queue is waited for, and the picture is described after all', async () => {
  const { page } = browser;
  let refusals = 2;
  await page.route('**/v1/captions*', async (route) => {
    if (refusals === 0) return route.fallback();
    refusals -= 1;
    const error = { code: 'QUEUE_FULL', message: 'The queue is full; try again later.', retryable: true };
    return route.fulfill({ status: 429, headers: { 'retry-after': '1' }, json: { error } });
  });
  await page.reload();
  await page.locator('input[type=file]').setInputFiles(PHOTOGRAPH);
  await page.locator('p.alt-text').waitFor();
  expect(refusals).toBe(0);
  await page.unroute('**/v1/captions*');
});

test('a sidecar whose model is not there says so on every page, with what to do', async () => {
  const { page } = browser;
  sidecar.engine.ready = false;
  sidecar.engine.problem = {
    code: 'MODEL_FILE_MISSING',
    message: 'A file of the model is missing; run "altsmith models pull".',
  };
  await page.getByText('The sidecar is not ready to caption.').waitFor();
  for (const where of ['Queue', 'Review'] as const) {
    await browser.go(where);
    await page.getByText('A file of the model is missing').waitFor();
  }
  sidecar.engine.ready = true;
  sidecar.engine.problem = null;
  await page.getByText('The sidecar is not ready to caption.').waitFor({ state: 'detached' });
});

test('when the bytes go to another server as well, the privacy line says so', async () => {
  const { page } = browser;
  const address = 'http://192.0.2.7:11434';
  sidecar.engine.model = {
    id: 'llava',
    precision: 'remote',
    demonstration: false,
    calibrated: false,
    canAnswer: true,
    address,
  };
  await browser.go('Try');
  await page.locator('.privacy-warn', { hasText: `and from there to the model server ${address} as well.` }).waitFor();
  await page.locator('input[type=file]').setInputFiles(PHOTOGRAPH);
  await page.getByText('Confidence: not known').waitFor();
  await page.locator('.one-picture .model', { hasText: 'llava remote' }).waitFor();
  await browser.picture('10-model-server');
  expect(await browser.barriers()).toEqual([]);
  await browser.go('Set-up');
  await page.getByText(`Every picture is sent to the model server ${address}`).waitFor();
  expect(await browser.barriers()).toEqual([]);
});

test('the price of the sidecar’s settings gives each picture a cost, beside the seconds', async () => {
  const { page } = browser;
  await browser.go('Set-up');
  await page.getByText('The sidecar’s own settings say 0.36 EUR an hour.').waitFor();
  await browser.go('Queue');
  await page.locator('.tile', { hasText: 'Cost of a picture' }).getByText('0.000050 EUR').waitFor();
});
