import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AdminBrowser } from '../admin-browser';
import { PHOTOGRAPHS } from '../review-flow';
import { waitFor } from '../wait-for';
import { WordPressSite } from '../wordpress-site';

export const CODE = /\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/;

/** A key that a code is exchanged for, as a CMS does it. */
export async function claim(url: string, code: string): Promise<string> {
  const answer = await fetch(`${url}/v1/pairings/${code}`, { method: 'POST' });
  const { key } = (await answer.json()) as { key: string };
  return key;
}

/** Asks for one caption, and gives it. */
export async function caption(url: string, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'image/jpeg' };
  const body = new Uint8Array(readFileSync(path.join(PHOTOGRAPHS, 'cat.jpg')));
  const answer = await fetch(`${url}/v1/captions`, { method: 'POST', headers, body });
  const reply = (await answer.json()) as { caption?: string };
  if (reply.caption === undefined) throw new Error(`no caption: ${JSON.stringify(reply)}`);
  return reply.caption;
}

/** Connects with address and code, uploads a photograph, approves what is suggested. Gives the alt text that WordPress has then. */
export async function firstText(admin: AdminBrowser, url: string, code: string): Promise<string> {
  const { page } = admin;
  await admin.go('/wp-admin/options-general.php?page=altsmith-start');
  await page.getByLabel('Sidecar address').fill(url);
  await page.getByLabel('One-time code').fill(code);
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.locator('.altsmith-step[data-step="connect"][data-done="1"]').waitFor();
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'cat.jpg'));
  const approve = page.getByRole('button', { name: 'Approve', exact: true }).first();
  await waitFor(
    'the suggestion on the review screen',
    async () => {
      await admin.go('/wp-admin/upload.php?page=altsmith-review');
      await approve.waitFor({ timeout: 5000 });
      return true;
    },
    { everyMs: 500 },
  );
  await approve.click();
  return waitFor('the approved text', async () => {
    await admin.go(`/wp-admin/post.php?post=${id}&action=edit`);
    return (await page.locator('#attachment_alt').inputValue()) || null;
  });
}

/** A new WordPress with the plugin, and its administrator at a browser. */
export class NewSite {
  private constructor(
    readonly site: WordPressSite,
    readonly admin: AdminBrowser,
  ) {}

  static async open(): Promise<NewSite> {
    const site = await WordPressSite.start();
    const admin = await AdminBrowser.open(site.url, 'first-text');
    await admin.logIn();
    return new NewSite(site, admin);
  }

  /** As `firstText`, in this site. */
  firstText(url: string, code: string): Promise<string> {
    return firstText(this.admin, url, code);
  }

  async close(): Promise<void> {
    await this.admin.close();
    await this.site.remove();
  }
}
