import { ConsoleBrowser } from '../support/console-browser';
import { freePort } from '../support/free-port';
import { PHOTO } from '../support/run-example';
import { Proxy, PROXIES } from '../support/proxy';
import { SidecarProcess } from '../support/sidecar-process';

describe.each(PROXIES)('behind %s, with TLS and a path', (name) => {
  let proxy: Proxy;
  let sidecar: SidecarProcess;
  beforeAll(async () => {
    proxy = new Proxy(name, await freePort());
    sidecar = await SidecarProcess.start({ ALTSMITH_PUBLIC_URL: proxy.url, ALTSMITH_TRUSTED_PROXIES: '127.0.0.1' });
    await proxy.start(Number(new URL(sidecar.url).port));
  }, 120_000);
  afterAll(async () => {
    await proxy.stop();
    await sidecar.remove();
  });

  test('a poll of 25 seconds is answered at its end', async () => {
    const { next } = JSON.parse((await proxy.call('GET', '/v1/changes', { key: sidecar.key })).text);
    const after = next === null ? '' : `&after=${next}`;
    const answer = await proxy.call('GET', `/v1/changes?wait=25${after}`, { key: sidecar.key });
    expect([answer.status, JSON.parse(answer.text).items]).toEqual([200, []]);
  }, 60_000);

  test('the console captions a picture and goes through its pages in Chromium', async () => {
    const console = await ConsoleBrowser.open(`${proxy.url}/`, { ignoreCertificate: true });
    try {
      await console.logIn(sidecar.key);
      await console.page.locator('input[type=file]').first().setInputFiles(PHOTO);
      await console.page.getByRole('heading', { name: 'The same from a program' }).waitFor();
      expect(await console.page.locator('pre code').first().textContent()).toContain(`${proxy.url}/v1/captions`);
      for (const page of ['Queue', 'Review', 'Set-up'] as const) await console.go(page);
      expect(await console.page.getByText(`ALTSMITH_SIDECAR_URL', '${proxy.url}'`).count()).toBe(1);
      await console.page.reload();
      await console.page.getByRole('navigation').waitFor();
      expect(console.errors).toEqual([]);
    } finally {
      await console.close();
    }
  }, 120_000);
});
