import { ConsoleBrowser } from '../support/console-browser';
import { askFor, suggestionOf, whenEnded } from '../support/review-rows';
import { SidecarProcess } from '../support/sidecar-process';

jest.setTimeout(120_000);

let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
/** Subject ids in the order in which the review shows them. */
const SUBJECTS = ['cat', 'coffee', 'rocket', 'parthenon', 'buttercup', 'tourist', 'astronaut', 'cameraman'];
const card = (subject: string) => browser.page.getByRole('article', { name: `attachment ${subject}`, exact: true });
const field = (subject: string) => card(subject).getByLabel('Alt text', { exact: true });

beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  for (const subject of SUBJECTS) await whenEnded(sidecar, await askFor(sidecar, `${subject}.jpg`, subject));
  browser = await ConsoleBrowser.open(sidecar.url);
  await browser.logIn(sidecar.key);
  await browser.go('Review');
  await card('cat').waitFor();
});
afterAll(async () => {
  await browser.close();
  await sidecar.remove();
});
afterEach(() => {
  expect(browser.errors.splice(0)).toEqual([]);
});

const focusIsOn = (subject: string) => card(subject).and(browser.page.locator(':focus')).waitFor();

test('each suggestion shows its picture, its text to edit, how sure the model is, and that it is a demonstration', async () => {
  await card('cat').getByRole('img', { name: 'Enlarge the picture of attachment cat' }).waitFor();
  await expect(field('cat').inputValue()).resolves.toBe((await suggestionOf(sidecar, 'cat')).fields.alt_text);
  await expect(card('cat').textContent()).resolves.toMatch(/(Low|Medium|High) \(\d+ %\)/);
  expect(await card('cat').getByText('demonstration').count()).toBe(1);
  await browser.picture('4-review', { wholePage: false });
  expect(await browser.barriers()).toEqual([]);
});

test('J and K walk, A approves as it stands, and the focus goes to the next card', async () => {
  const { keyboard } = browser.page;
  await keyboard.press('j');
  await focusIsOn('cat');
  await keyboard.press('j');
  await focusIsOn('coffee');
  await keyboard.press('k');
  await focusIsOn('cat');
  const before = await suggestionOf(sidecar, 'cat');
  await keyboard.press('a');
  await card('cat').waitFor({ state: 'detached' });
  await focusIsOn('coffee');
  expect(await browser.spoken()).toContain('Approved. 7 left on this page.');
  const after = await suggestionOf(sidecar, 'cat');
  expect(after.state).toBe('approved');
  expect(after.values.alt_text).toBe(before.fields.alt_text);
  expect(after.decided_by.name).toBe('Console');
});

test('U takes the approval back, to where it stood', async () => {
  const { keyboard } = browser.page;
  await keyboard.press('u');
  await card('cat').waitFor();
  await focusIsOn('cat');
  await expect(browser.page.getByRole('article').first().getAttribute('class')).resolves.toContain('current');
  expect((await suggestionOf(sidecar, 'cat')).state).toBe('pending');
});

test('E edits, letters are letters while typing, and Ctrl+Enter approves what was typed', async () => {
  const { page } = browser;
  await page.keyboard.press('e');
  await field('cat').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Chelsea, a tabby cat, looks at us');
  await page.keyboard.press('Control+Enter');
  await card('cat').waitFor({ state: 'detached' });
  expect((await suggestionOf(sidecar, 'cat')).values.alt_text).toBe('Chelsea, a tabby cat, looks at us');
});

test('R rejects with a reason, D marks as decorative', async () => {
  const { page } = browser;
  await focusIsOn('coffee');
  await page.keyboard.press('r');
  await page.getByLabel('Reason, if you like').waitFor();
  await page.keyboard.type('it is a cup, not a dog');
  await page.keyboard.press('Enter');
  await card('coffee').waitFor({ state: 'detached' });
  const rejected = await suggestionOf(sidecar, 'coffee');
  expect([rejected.state, rejected.reason]).toEqual(['rejected', 'it is a cup, not a dog']);
  await focusIsOn('rocket');
  await page.keyboard.press('d');
  await card('rocket').waitFor({ state: 'detached' });
  expect(await suggestionOf(sidecar, 'rocket')).toMatchObject({ state: 'decorative', values: { alt_text: '' } });
});

test('? shows the keys; they can be switched off, and Escape gives the focus back', async () => {
  const { page } = browser;
  await focusIsOn('parthenon');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await dialog.waitFor();
  expect(await browser.barriers()).toEqual([]);
  await dialog.getByLabel('Letters work as shortcuts').uncheck();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await focusIsOn('parthenon');
  await page.keyboard.press('a');
  expect((await suggestionOf(sidecar, 'parthenon')).state).toBe('pending');
  await page.getByRole('button', { name: 'Keys' }).click();
  await dialog.getByLabel('Letters work as shortcuts').check();
  await page.keyboard.press('Escape');
});

test('by mouse: another way to say it, another title, a name, approve', async () => {
  const { page } = browser;
  await page.getByLabel('Decide as').fill('Ada');
  const other = (await suggestionOf(sidecar, 'parthenon')).alternatives[0];
  await card('parthenon').getByRole('button', { name: other, exact: true }).click();
  await expect(field('parthenon').inputValue()).resolves.toBe(other);
  await card('parthenon').getByText('Title, caption, description, keywords').click();
  await card('parthenon').getByLabel('Title').fill('The Parthenon');
  await card('parthenon').getByRole('button', { name: 'Approve attachment parthenon' }).click();
  await card('parthenon').waitFor({ state: 'detached' });
  const approved = await suggestionOf(sidecar, 'parthenon');
  expect(approved.values).toMatchObject({ alt_text: other, title: 'The Parthenon' });
  expect(approved.decided_by.name).toBe('Ada');
});

test('when somebody else was faster, their decision is shown and what was typed is kept', async () => {
  const seen = await suggestionOf(sidecar, 'buttercup');
  await field('buttercup').fill('My own words');
  const by = { id: '2', name: 'Grace' };
  const body = { action: 'reject', reason: 'no', by, version: seen.version };
  expect((await sidecar.call('POST', `/v1/suggestions/${seen.id}/decision`, body)).status).toBe(200);
  await card('buttercup')
    .getByRole('button', { name: /^Approve/ })
    .click();
  await card('buttercup').getByText('it is now rejected by Grace').waitFor();
  await expect(field('buttercup').inputValue()).resolves.toBe('My own words');
  await browser.picture('5-review-overtaken', { wholePage: false });
  expect((await suggestionOf(sidecar, 'buttercup')).state).toBe('rejected');
  await card('buttercup')
    .getByRole('button', { name: /^Open again/ })
    .click();
  await card('buttercup').waitFor({ state: 'detached' });
  expect((await suggestionOf(sidecar, 'buttercup')).state).toBe('pending');
});

test('several that are sure enough are approved at once, after a look at the list', async () => {
  const { page } = browser;
  await page.getByRole('button', { name: 'Refresh' }).click();
  await card('buttercup').waitFor();
  await page.getByRole('button', { name: 'Approve several …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Approve several' });
  await dialog.getByRole('slider').fill('0');
  expect(await dialog.getByRole('checkbox').count()).toBe(4);
  expect(await browser.barriers()).toEqual([]);
  await dialog.getByRole('checkbox').first().uncheck();
  await dialog.getByRole('button', { name: 'Approve 3 texts' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await page.getByRole('article').count()).toBe(1);
  expect(await browser.spoken()).toContain('3 approved.');
});

test('the rejected ones can be found, searched, and opened again; an empty list says so', async () => {
  const { page } = browser;
  await page.getByLabel('Show').selectOption('rejected');
  await card('coffee').getByText('Reason: it is a cup, not a dog').waitFor();
  await page.getByLabel('Search').fill('nobody wrote this');
  await page.getByText('There is nothing in this state.').waitFor();
  await page.getByLabel('Search').fill('');
  await card('coffee')
    .getByRole('button', { name: /^Open again/ })
    .click();
  await card('coffee').waitFor({ state: 'detached' });
  expect((await suggestionOf(sidecar, 'coffee')).state).toBe('pending');
});
