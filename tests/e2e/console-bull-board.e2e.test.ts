import { makeAdminKey } from '../support/admin-key';
import { ConsoleBrowser } from '../support/console-browser';
import { RedisServer } from '../support/redis-server';
import { SidecarProcess } from '../support/sidecar-process';

jest.setTimeout(180_000);

let redis: RedisServer;
let sidecar: SidecarProcess;
let browser: ConsoleBrowser;
beforeAll(async () => {
  redis = await RedisServer.start();
  sidecar = await SidecarProcess.start({
    ALTSMITH_QUEUE: 'bull',
    ALTSMITH_REDIS_URL: redis.url,
    ALTSMITH_WORKERS: '0',
    ALTSMITH_PUBLIC_URL: 'https://www.example.com/alt',
  });
  browser = await ConsoleBrowser.open(`${sidecar.url}/alt/`);
});
afterAll(async () => {
  await browser.close();
  await sidecar.remove();
  await redis.remove();
});

test('an administrator goes from the list of machines to bull-board and looks at a job, below the path of a proxy', async () => {
  const { page } = browser;
  // What a worker that has gone away left there: the sidecar feeds only queues that have workers.
  await redis.command('HSET altsmith:caption.prompt:job_7 name __default__ data {} opts {} timestamp 1 delay 0');
  await redis.command('LPUSH altsmith:caption.prompt:wait job_7');
  await page.goto(`${sidecar.url}/alt/#set-up`);
  await browser.logIn(makeAdminKey(sidecar.dataDir));
  await browser.go('Workers');
  expect(await browser.barriers()).toEqual([]);
  await page.getByRole('button', { name: 'Open bull-board' }).focus();
  await page.keyboard.press('Enter');

  await page
    .getByRole('link', { name: /caption\.prompt/ })
    .first()
    .click();
  await page.getByText('job_7').first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/alt/console/bull-board/queue/caption.prompt');
  await page.reload();
  await page.getByText('job_7').first().waitFor();
  await browser.picture('8-bull-board');
  for (const name of [/^pause/i, /^empty/i, /^retry/i, /^add job/i])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  expect(browser.errors).toEqual([]);
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole('link', { name: 'Workers page of the console' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(page.url()).toBe(`${sidecar.url}/alt/#workers`);
});
