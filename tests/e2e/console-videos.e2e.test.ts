import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConsoleBrowser } from '../support/console-browser';
import { suggestionOf, whenEnded } from '../support/review-rows';
import { SidecarProcess } from '../support/sidecar-process';
import { ffmpeg } from '../support/videos/clips';

jest.setTimeout(120_000);

const IMAGES = path.resolve(__dirname, '../fixtures/images');

let folder: string;
let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
const card = () => browser.page.getByRole('article', { name: 'attachment garden', exact: true });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-console-video-'));
  const file = path.join(folder, 'garden.mp4');
  const stills = ['buttercup', 'cat'].flatMap((name) => [
    ...['-loop', '1', '-framerate', '10', '-t', '3', '-i', path.join(IMAGES, `${name}.jpg`)],
  ]);
  const scaled = [0, 1].map((at) => `[${at}:v]scale=640:360,setsar=1,format=yuv420p[v${at}]`).join(';');
  const graph = `${scaled};[v0][v1]concat=n=2[out]`;
  await ffmpeg(...stills, '-filter_complex', graph, '-map', '[out]', '-c:v', 'libx264', '-preset', 'ultrafast', file);
  sidecar = await SidecarProcess.start();
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await sidecar.call('PUT', `/v1/videos/${sha256}`, bytes);
  const subject = { type: 'attachment', id: 'garden' };
  const { body } = await sidecar.call('POST', '/v1/jobs', { video_sha256: sha256, subject });
  await whenEnded(sidecar, body.job.id);
  browser = await ConsoleBrowser.open(sidecar.url);
  await browser.logIn(sidecar.key);
});
afterAll(async () => {
  await browser.close();
  await sidecar.remove();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  expect(browser.errors.splice(0)).toEqual([]);
});

test('a video shows its poster, its length, its text alternative to edit, its scenes and the data for search engines', async () => {
  await browser.go('Review');
  await card().getByRole('img', { name: 'Enlarge the poster of attachment garden' }).waitFor();
  await card().getByText('Video, 0:06, silent').waitFor();
  const text = card().getByLabel('Text alternative, one scene a line');
  await expect(text.inputValue()).resolves.toBe((await suggestionOf(sidecar, 'garden')).fields.text_alternative);
  await card()
    .getByText(/and the data for search engines/)
    .click();
  await expect(card().getByRole('list', { name: 'Scenes' }).getByRole('listitem').count()).resolves.toBe(2);
  await expect(card().getByLabel('VideoObject').textContent()).resolves.toContain('"duration": "PT6S"');
  await browser.picture('9-video', { wholePage: false });
  expect(await browser.barriers()).toEqual([]);
});

test('by keyboard: the text alternative is corrected, and approved with the sentence', async () => {
  const { page } = browser;
  await card().getByLabel('Text alternative, one scene a line').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('0:00 A buttercup.\n0:03 A cat looks at us.');
  await page.keyboard.press('Control+Enter');
  await card().waitFor({ state: 'detached' });
  const { state, values } = await suggestionOf(sidecar, 'garden');
  expect(state).toBe('approved');
  expect(values.text_alternative).toBe('0:00 A buttercup.\n0:03 A cat looks at us.');
});

test('the set-up says that videos can be read', async () => {
  await browser.go('Set-up');
  await browser.page.getByText('Videos are read by ffmpeg, which is here.').waitFor();
  expect(await browser.barriers()).toEqual([]);
});
