import path from 'node:path';
import { AdminBrowser } from '../support/admin-browser';
import { PHOTOGRAPHS } from '../support/review-flow';
import { SidecarProcess } from '../support/sidecar-process';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(240_000);

let sidecar: SidecarProcess;
let site: WordPressSite;
let admin: AdminBrowser;
beforeAll(async () => {
  sidecar = await SidecarProcess.start();
  site = await WordPressSite.start();
  admin = await AdminBrowser.open(site.url, 'connect');
  await admin.logIn();
});
afterAll(async () => {
  await admin.close();
  await site.remove();
  await sidecar.remove();
});

/** Address and key go in as the owner types them; gives what the connection test says. */
async function connect(key: string): Promise<string> {
  const { page } = admin;
  await admin.go('/wp-admin/options-general.php?page=altsmith');
  await page.getByLabel('Sidecar address').fill(`${sidecar.url}/v1/`);
  await page.getByLabel('Site key').fill(key);
  // One step: what is saved is tested.
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.getByText('Settings saved.').waitFor();
  const said = page.locator('#altsmith-connection .components-notice');
  await said.waitFor();
  return said.innerText();
}

/** The suggestion that waits for an attachment, as the plugin knows it. Only strangers come by meanwhile. */
function pending(attachment: number, not = ''): Promise<any> {
  return waitFor(
    `a suggestion for attachment ${attachment}`,
    async () => {
      await site.visit();
      const { body } = await site.rest('GET', `/altsmith/v1/attachments/${attachment}`);
      return body.status === 'pending' && body.suggestion.id !== not && body.suggestion;
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
}

test('the owner types address and key, and the test of the connection says what is wrong and what is right', async () => {
  expect(await connect('not-the-key')).toContain('does not accept the key');
  expect(await connect(sidecar.key)).toContain('Connected. The model “mini” is a small one for demonstration');
  await admin.picture('1-connected');
});

test('a sidecar that lost its data is sent everything again that is open, once, and what is approved stays', async () => {
  const approved = await admin.upload(path.join(PHOTOGRAPHS, 'coffee.jpg'));
  const { id, version } = await pending(approved);
  const decision = { action: 'approve', version, seen: '', values: { alt_text: 'A cup of espresso' } };
  expect((await site.rest('POST', `/altsmith/v1/suggestions/${id}/decision`, decision)).status).toBe(200);
  const waiting = await admin.upload(path.join(PHOTOGRAPHS, 'cat.jpg'));
  const lost = await pending(waiting);

  await sidecar.loseData();
  const late = await admin.upload(path.join(PHOTOGRAPHS, 'parthenon.jpg'));
  expect(await connect(sidecar.key)).toContain('Connected.');
  const again = await pending(waiting, lost.id);
  expect(again.suggested_alt).toBe(lost.suggested_alt);
  await pending(late);

  sidecar.instance = await site.instance();
  const { body } = await sidecar.call('GET', '/v1/jobs?limit=100');
  expect(body.items.map((job: any) => Number(job.subject.id)).sort()).toEqual([waiting, late].sort());
  const { body: media } = await site.rest('GET', `/wp/v2/media/${approved}`);
  expect(media.alt_text).toBe('A cup of espresso');
  await admin.go('/wp-admin/options-general.php?page=altsmith');
  await admin.page.getByText(/The sidecar was last checked for updates .* ago/).waitFor();
  expect(admin.errors).toEqual([]);
  expect(site.debugLog).toBe('');
});
