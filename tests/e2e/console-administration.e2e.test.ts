import { makeAdminKey } from '../support/admin-key';
import { ConsoleBrowser } from '../support/console-browser';
import { askFor, whenEnded } from '../support/review-rows';
import { SidecarProcess } from '../support/sidecar-process';

jest.setTimeout(180_000);

let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
let admin: string;
beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  admin = makeAdminKey(sidecar.dataDir);
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

async function asAdmin(
  method: string,
  route: string,
  body?: unknown,
  key = admin,
): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(sidecar.url + route, { method, headers, ...sent });
  return { status: answer.status, body: await answer.json() };
}

const row = (name: string) => browser.page.getByRole('row', { name: new RegExp(name) });

/** What a page shows while the sidecar has not answered, when it has nothing, and when it fails. */
async function otherStates(address: string, loading: string, empty: string): Promise<void> {
  const { page } = browser;
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const answers = [
    { status: 200, json: { items: [], next: null } },
    { status: 500, json: { error: { code: 'INTERNAL', message: 'Broken.', retryable: true } } },
  ];
  await page.route(address, async (route) => {
    await held;
    await route.fulfill(answers[0] ?? {});
  });
  await page.reload();
  await page.getByText(loading).waitFor();
  expect(await browser.barriers()).toEqual([]);
  goOn();
  await page.getByText(empty).waitFor();
  expect(await browser.barriers()).toEqual([]);
  answers.shift();
  await page.reload();
  await page.getByText('Broken.').first().waitFor();
  expect(await browser.barriers()).toEqual([]);
  await page.unroute(address);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Broken.').first().waitFor({ state: 'detached' });
}

test('a site’s key is told that machines and the audit log need an administrator’s', async () => {
  for (const where of ['Workers', 'Audit log'] as const) {
    await browser.go(where);
    await browser.page.getByText('This part needs an administrator’s key').waitFor();
    expect(await browser.barriers()).toEqual([]);
  }
  await browser.logIn(admin, 'Administrator’s key');
});

test('workers are listed with what they can do, what they did, and why one takes no jobs', async () => {
  await whenEnded(sidecar, await askFor(sidecar, 'rocket.jpg', '7'));
  const { secret } = (await asAdmin('POST', '/v1/admin/keys', { name: 'attic', scope: 'worker' })).body;
  const model = { id: 'blip-base', precision: 'int8', demonstration: false, calibrated: true, canAnswer: false };
  const claim = { worker: 'attic-1', machine: 'attic', slots: 2, model, problem: 'STORAGE_FULL' };
  expect((await asAdmin('POST', '/v1/worker/claim', claim, secret)).status).toBe(200);
  await browser.go('Workers');
  await row('this machine').getByText('mini').waitFor();
  await row('this machine').getByRole('cell', { name: '1', exact: true }).waitFor();
  await row('attic').getByText('The disk is full').waitFor();
  await row('attic').getByText('blip-base, int8').waitFor();
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('9-workers');
  await otherStates('**/v1/workers', 'Loading workers', 'No worker has been heard of in the last hour.');
  await row('attic').waitFor();
});

test('limits and approval of a site are seen and changed, with the truth about a model that approves nothing', async () => {
  const { page } = browser;
  await browser.go('Set-up');
  const line = page.getByRole('listitem').filter({ hasText: 'on disk' });
  await line.getByText('a person approves everything').waitFor();
  await line.getByRole('button', { name: /^Change/ }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Approve by itself from').fill('90');
  await dialog.getByLabel('Requests a second').fill('50');
  await dialog.getByLabel('Megabytes on disk').fill('2.5');
  await dialog.getByText('history 180 days').waitFor();
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('9-site');
  await page.keyboard.press('Enter');
  await line.getByText('of 2.5 MB').waitFor();
  await line.getByText('approves by itself from 90 %, but nothing that mini wrote').waitFor();
  const [site] = (await asAdmin('GET', '/v1/admin/sites')).body.items;
  expect(site).toMatchObject({
    auto_approve_from: 0.9,
    limits: { rate: 50, queue: null, bytes: 2_500_000, weight: 1 },
  });
  await line.getByRole('button', { name: /^Change/ }).click();
  await dialog.getByLabel('Requests a second').fill('');
  await dialog.getByLabel('Approve by itself from').fill('');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await line.getByText('a person approves everything').waitFor();
  expect((await asAdmin('GET', '/v1/admin/sites')).body.items[0].limits.rate).toBeNull();
});

test('what was written for a subject is erased after it was said what goes and how long backups hold it', async () => {
  const { page } = browser;
  await page.route('**/v1/subjects/attachment/7/erasure', async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, backups: 2, backups_until: '2030-02-03T00:00:00.000Z' } });
  });
  await page.getByLabel('Which', { exact: true }).fill('attachment');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('such as: attachment 7').waitFor();
  await page.getByLabel('Which', { exact: true }).fill('attachment 7');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('1 picture, 1 suggestion and 1 job are deleted').waitFor();
  await dialog.getByText('2 backups made before may hold it until 2030-02-03').waitFor();
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('9-erase');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toEqual([]);
  await page.getByLabel('Which', { exact: true }).fill('attachment 8');
  await page.keyboard.press('Enter');
  await dialog.getByText('Nothing of it is stored here.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Erase for good' }).count()).toBe(0);
  await page.keyboard.press('Escape');
});

test('a site is erased with its keys, after a question that Escape answers with no', async () => {
  const { page } = browser;
  await page.getByLabel('Name of a new site').fill('Old shop');
  await page.keyboard.press('Enter');
  const erase = page.getByRole('button', { name: 'Erase … Old shop' });
  await erase.click();
  await page.getByRole('dialog').getByText('Its keys stop working at once.').waitFor();
  await page.keyboard.press('Escape');
  expect((await asAdmin('GET', '/v1/admin/sites')).body.items).toHaveLength(2);
  await erase.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
  await erase.waitFor({ state: 'detached' });
  expect((await asAdmin('GET', '/v1/admin/sites')).body.items).toHaveLength(1);
});

test('the audit log says who did what, newest first, page by page', async () => {
  const { page } = browser;
  for (let round = 0; round < 50; round += 1) await asAdmin('POST', '/v1/admin/sites', { name: `Site ${round}` });
  await browser.go('Audit log');
  await row('Site 49').getByText('POST /v1/admin/sites').waitFor();
  expect(await page.getByRole('row').count()).toBe(51);
  expect(await browser.barriers()).toEqual([]);
  await browser.picture('9-audit-log', { wholePage: false });
  await page.getByRole('button', { name: 'Next' }).click();
  await row('DELETE /v1/admin/sites/{id}').waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  await row('Site 49').waitFor();
  await otherStates('**/v1/admin/audit*', 'Loading the audit log', 'No administrator has changed anything yet.');
});

test('the pages fit a narrow screen, and say so when the sidecar is away', async () => {
  const other = await ConsoleBrowser.open(sidecar.url, { width: 375 });
  await other.logIn(admin);
  for (const where of ['Audit log', 'Workers'] as const) {
    await other.go(where);
    await other.page.getByRole('table').waitFor();
    expect(await other.fitsTheScreen()).toBe(true);
    expect(await other.barriers()).toEqual([]);
    await other.picture(`9-375-${where.toLowerCase().replace(' ', '-')}`, { wholePage: false });
  }
  await sidecar.stop();
  await other.page.getByText('The sidecar does not answer.').first().waitFor();
  await sidecar.start();
  await other.page.getByText('The sidecar does not answer.').first().waitFor({ state: 'detached' });
  expect(other.errors).toEqual([]);
  await other.close();
});
