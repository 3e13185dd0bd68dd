import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConsoleBrowser } from '../support/console-browser';
import { SidecarProcess } from '../support/sidecar-process';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../..');
const PHOTOGRAPHS = path.join(ROOT, 'tests/fixtures/images');
const photograph = (name: string) => path.join(PHOTOGRAPHS, name);

let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  browser = await ConsoleBrowser.open(sidecar.url);
});
afterAll(async () => {
  await browser.close();
  await sidecar.remove();
});
afterEach(() => {
  expect(browser.errors.splice(0)).toEqual([]);
});

test('the script is at most 150 kB, and the first view needs only the page’s own files', async () => {
  expect(statSync(path.join(ROOT, 'build/console/console.js')).size).toBeLessThanOrEqual(150_000);
  const { page } = browser;
  // No answer of the API comes, so the view cannot depend on one. How long that takes is the machine's business.
  await page.route('**/v1/**', () => undefined);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(sidecar.url);
  await page.getByLabel('Key of this sidecar').waitFor();
  expect(asked.filter((route) => !route.startsWith('/v1/')).length).toBeLessThanOrEqual(5);
  page.removeAllListeners('request');
  await page.unroute('**/v1/**');
  await page.reload();
  await page.getByLabel('Key of this sidecar').waitFor();
});

test('nothing on the page can be run or framed that is not the sidecar’s own file', async () => {
  const answer = await fetch(sidecar.url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect((await fetch(`${sidecar.url}/console.js.map`)).status).toBe(401);
  expect((await fetch(`${sidecar.url}/..%2fserver%2fmain.js`)).status).toBe(401);
  const again = await fetch(sidecar.url, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
});

test('a wrong key is refused with a sentence, and the right one opens the page', async () => {
  const { page } = browser;
  await page.getByLabel('Key of this sidecar').fill('alt_wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('The key is unknown, expired or revoked.').waitFor();
  expect(await browser.barriers()).toEqual([]);
  await browser.logIn(sidecar.key);
  await page.getByRole('heading', { name: 'Try a picture' }).waitFor();
  await browser.picture('1-try-empty');
  await page.reload();
  await page.getByRole('heading', { name: 'Try a picture' }).waitFor();
});

test('by mouse: an example is described, with confidence, time, and whose words they are', async () => {
  const { page } = browser;
  await page.getByRole('button', { name: 'Face of a cat' }).click();
  const result = page.getByRole('article');
  await expect(result.locator('p.alt-text').textContent()).resolves.toContain('cat');
  await expect(result.textContent()).resolves.toMatch(/(Low|Medium|High) \(\d+ %\)/);
  await expect(result.textContent()).resolves.toMatch(/(\d+ ms|[\d.]+ s) · reading the file/);
  expect(await result.getByText('demonstration').count()).toBe(1);
  expect(await page.locator('.privacy').textContent()).toContain(
    'Pictures go to the sidecar on this machine and nowhere else.',
  );
  await browser.picture('2-try-one');
  expect(await browser.barriers()).toEqual([]);
});

test('by keyboard alone: from the top of the page to an example and its alt text on the clipboard', async () => {
  const { page } = browser;
  await page.reload();
  await page.getByRole('button', { name: 'Dog in a meadow' }).waitFor();
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus').textContent()).resolves.toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await expect(page.locator(':focus').textContent()).resolves.toBe('Try a picture');
  await pressTabUntil('Dog in a meadow');
  await page.keyboard.press('Enter');
  const text = await page.locator('p.alt-text').textContent();
  await pressTabUntil('Copy the alt text');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copied the alt text' }).waitFor();
  await expect(page.evaluate('navigator.clipboard.readText()')).resolves.toBe(text);
  expect(await browser.spoken()).toContain('Copied.');
});

async function pressTabUntil(name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await browser.page.keyboard.press('Tab');
    if ((await browser.page.locator(':focus').textContent()) === name) return;
  }
  throw new Error(`Tab never reached "${name}"`);
}

test('many files: a table fills up, a file that is no picture says so, and a CSV comes out', async () => {
  const { page } = browser;
  const names = ['cat.jpg', 'rocket.jpg', 'coffee.jpg', 'parthenon.jpg'];
  await page.reload();
  const broken = { name: '=broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') };
  const files = names.map((name) => ({ name, mimeType: 'image/jpeg', buffer: readFileSync(photograph(name)) }));
  await page.locator('input[type=file]').setInputFiles([...files, broken]);
  await page.getByText('5 of 5 done').waitFor();
  await page.getByRole('cell', { name: 'This is not a JPEG, PNG, WebP, GIF, AVIF or TIFF image.' }).waitFor();
  await page.waitForFunction('[...document.images].every((image) => image.complete)');
  await browser.picture('3-try-many');
  expect(await browser.barriers()).toEqual([]);

  const csv = await saved('Download as .csv');
  expect(csv.split('\r\n')).toHaveLength(7);
  expect(csv).toMatch(/"cat\.jpg","[A-Z].*","mini int8","yes",""/);
  expect(csv).toContain(`"'=broken.png","","","","","","","","IMAGE_TYPE_UNSUPPORTED"`);
  const json = JSON.parse(await saved('Download as .json'));
  expect(json).toHaveLength(5);
  expect(json[0]).toMatchObject({ file: 'cat.jpg', model: { id: 'mini', demonstration: true } });
  expect((await saved('Download as .txt')).split('\n')[0]).toBe(`cat.jpg\t${json[0].alt_text}`);

  await page.getByRole('button', { name: 'rocket.jpg' }).click();
  await expect(page.locator('figcaption').textContent()).resolves.toBe('rocket.jpg');
});

async function saved(button: string): Promise<string> {
  const [file] = await Promise.all([
    browser.page.waitForEvent('download'),
    browser.page.getByRole('button', { name: button }).click(),
  ]);
  return readFileSync(await file.path(), 'utf8');
}

test('a name that is markup stays a name', async () => {
  const { page } = browser;
  await page.reload();
  const name = '<img src=x onerror="document.title=1"><b>bold</b>.jpg';
  const buffer = readFileSync(photograph('cat.jpg'));
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/jpeg', buffer });
  await page.locator('p.alt-text').waitFor();
  await expect(page.locator('figcaption').textContent()).resolves.toBe(name);
  expect(await page.locator('figcaption b, figcaption img').count()).toBe(0);
  await expect(page.title()).resolves.toBe('Try a picture · Altsmith');
});

test.each([
  ['paste', 'clipboardData'],
  ['drop', 'dataTransfer'],
])('a picture can come by %s', async (kind, member) => {
  const { page } = browser;
  await page.reload();
  await page.getByRole('button', { name: 'Dog in a meadow' }).waitFor();
  const bytes = readFileSync(photograph('buttercup.jpg')).toString('base64');
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], 'came by ${kind}.jpg', { type: 'image/jpeg' }));
    const Kind = { paste: ClipboardEvent, drop: DragEvent }['${kind}'];
    document.body.dispatchEvent(new Kind('${kind}', { bubbles: true, cancelable: true, ${member}: carried }));
  })()`);
  await page.getByText(`came by ${kind}.jpg`).first().waitFor();
  await page.locator('p.alt-text').waitFor();
});

test('a picture can come from the camera, which is let go afterwards', async () => {
  const { page } = browser;
  await page.reload();
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await page.getByRole('button', { name: 'Take the picture' }).click();
  await page.locator('p.alt-text').waitFor();
  await expect(page.locator('figcaption').textContent()).resolves.toMatch(/^camera .*\.jpg$/);
  expect(await page.locator('video').count()).toBe(0);
});

test('the snippets do what was done on the page', async () => {
  const { page } = browser;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-snippets-'));
  copyFileSync(photograph('cat.jpg'), path.join(folder, 'cat.jpg'));
  await page.reload();
  await page.locator('input[type=file]').setInputFiles(photograph('cat.jpg'));
  const altText = await page.locator('p.alt-text').textContent();
  const env = { ...process.env, ALTSMITH_KEY: sidecar.key };
  const run = (program: string, args: string[]) => execFileSync(program, args, { cwd: folder, env, encoding: 'utf8' });

  const code = page.locator('pre code');
  expect(JSON.parse(run('bash', ['-c', (await code.textContent()) ?? ''])).alt_text).toBe(altText);
  await page.getByRole('tab', { name: 'curl' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(run(process.execPath, ['-e', (await code.textContent()) ?? '']).trim()).toBe(altText);
  await page.keyboard.press('End');
  const python = (await code.textContent()) ?? '';
  if (spawnSync('python3', ['--version']).error === undefined) {
    expect(run('python3', ['-c', python]).trim()).toBe(altText);
  } else console.warn('skipped: the Python snippet, because there is no python3 here');
  expect(await code.textContent()).not.toContain(sidecar.key);
  rmSync(folder, { recursive: true });
});

test('a model that cannot continue a prompt or answer says so instead of offering it', async () => {
  const { page } = browser;
  await page.getByText('Options').click();
  await expect(page.getByLabel('The caption begins with').isDisabled()).resolves.toBe(true);
  await page.getByText('The loaded model cannot continue a prompt.').waitFor();
  await page.getByText('The loaded model cannot answer questions; use one that can, such as blip-vqa-base.').waitFor();
  expect(await page.getByRole('button', { name: 'Ask', exact: true }).count()).toBe(0);
});
