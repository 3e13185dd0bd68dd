import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { AdminBrowser } from './admin-browser';
import { SidecarProcess } from './sidecar-process';
import { waitFor } from './wait-for';
import { WordPressSite, type SiteOptions } from './wordpress-site';

export const PHOTOGRAPHS = path.resolve(__dirname, '../fixtures/images');

/** Sidecar, WordPress and browser, connected, with an administrator logged in. */
export class ReviewFlow {
  private constructor(
    readonly sidecar: SidecarProcess,
    readonly site: WordPressSite,
    readonly admin: AdminBrowser,
  ) {}

  /** `album` is the beginning of the screenshots' names; `env` are variables of the sidecar. */
  static async start(
    album: string,
    options: SiteOptions = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<ReviewFlow> {
    const stops: (() => Promise<void>)[] = [];
    try {
      const sidecar = await SidecarProcess.start(env);
      stops.push(() => sidecar.remove());
      const constants = { ALTSMITH_SIDECAR_URL: sidecar.url, ALTSMITH_SITE_KEY: sidecar.key };
      const site = await WordPressSite.start({ ...options, constants });
      stops.push(() => site.remove());
      sidecar.instance = await site.instance();
      const admin = await AdminBrowser.open(site.url, album);
      stops.push(() => admin.close());
      await admin.logIn();
      return new ReviewFlow(sidecar, site, admin);
    } catch (error) {
      for (const stop of stops.reverse()) await stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await this.sidecar.remove();
    // The last, because it fails when WordPress had something to complain about.
    await this.site.remove();
  }

  /** The alt text that WordPress has for an attachment at this moment. */
  async altText(attachment: number): Promise<string> {
    const { body } = await this.site.rest('GET', `/wp/v2/media/${attachment}?context=edit`);
    return body.alt_text;
  }

  /** What the sidecar holds for an attachment; waits until it is there. `meanwhile` runs before each look. */
  suggestionFor(attachment: number, meanwhile: () => Promise<void> = () => this.site.visit()): Promise<any> {
    return waitFor(
      `a suggestion for attachment ${attachment}`,
      async () => {
        await meanwhile();
        const { body } = await this.sidecar.call('GET', '/v1/suggestions?limit=100');
        return body.items.find((one: any) => one.subject.id === String(attachment));
      },
      { timeoutMs: 90_000, everyMs: 500 },
    );
  }

  /** The file in WordPress's uploads whose bytes were sent to the sidecar. */
  fileWithHash(sha256: string): string {
    const uploads = path.join(this.site.wordpress, 'wp-content/uploads');
    const files = readdirSync(uploads, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));
    const found = files.find((file) => {
      const bytes = readFileSync(path.join(uploads, file));
      return createHash('sha256').update(bytes).digest('hex') === sha256;
    });
    if (found === undefined) throw new Error(`no file in the uploads has the sha256 ${sha256}`);
    return path.join(uploads, found);
  }

  /** The card of an attachment on the review screen; loads the screen until it is there. */
  async card(attachment: number): Promise<Locator> {
    const { page } = this.admin;
    await this.admin.go('/wp-admin/upload.php?page=altsmith-review');
    const card = page.locator(`[data-attachment="${attachment}"]`);
    await card.waitFor({ timeout: 60_000 });
    return card;
  }

  /** Publishes a post that shows the attachment as its featured image; gives the address. */
  async publishWith(attachment: number, title: string): Promise<string> {
    const { status, body } = await this.site.rest('POST', '/wp/v2/posts', {
      title,
      content: '<!-- wp:paragraph --><p>A post with a photograph.</p><!-- /wp:paragraph -->',
      status: 'publish',
      featured_media: attachment,
    });
    if (status !== 201) throw new Error(`WordPress did not publish the post: ${JSON.stringify(body)}`);
    return body.link;
  }
}
