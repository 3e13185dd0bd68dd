import { chromium, type Browser, type Page } from 'playwright-core';
import { keepScreenshot } from './screenshot';

/** Flags: root needs no-sandbox; nothing calls home; an address outside this machine fails at once instead of hanging. */
const FLAGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const ATTEMPTS = 3;
const LOG_IN_MS = 30_000;

/** Chromium with somebody logged in to wp-admin. Collects what a person would see as an error. */
export class AdminBrowser {
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly base: string,
    private readonly album: string,
  ) {}

  /** `album` is the beginning of the screenshots' names. */
  static async open(base: string, album: string): Promise<AdminBrowser> {
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: FLAGS,
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const admin = new AdminBrowser(browser, page, base, album);
    page.on('pageerror', (error) => admin.errors.push(`script error: ${error.message}`));
    page.on('response', (answer) => {
      if (answer.status() >= 500) admin.errors.push(`${answer.status()} ${answer.url()}`);
    });
    return admin;
  }

  async logIn(user = 'admin', password = 'password'): Promise<void> {
    // A process of PHP's own web server may accept a connection and answer it only when a long request before it has ended.
    for (let left = ATTEMPTS - 1; ; left -= 1) {
      try {
        await this.page.goto(`${this.base}/wp-login.php`, { timeout: LOG_IN_MS });
        await this.page.fill('#user_login', user);
        await this.page.fill('#user_pass', password);
        await this.page.click('#wp-submit', { timeout: LOG_IN_MS });
        await this.page.waitForURL(/wp-admin/, { timeout: LOG_IN_MS });
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  async go(where: string): Promise<void> {
    await this.page.goto(`${this.base}${where}`);
  }

  /** Uploads through Media → Add New, as a person does; gives the attachment's id. */
  async upload(file: string): Promise<number> {
    await this.go('/wp-admin/media-new.php');
    // plupload lays an invisible file input over the button.
    const [answer] = await Promise.all([
      this.page.waitForResponse((one) => one.url().includes('async-upload.php') && one.request().method() === 'POST'),
      this.page.locator('input[type=file][id^=html5_]').setInputFiles(file),
    ]);
    await this.page.locator('#media-items .media-item .edit-attachment').first().waitFor();
    // The page asks with short=1, so the body of the answer is the bare id.
    return Number((await answer.text()).trim());
  }

  /** Keeps the picture ALBUM-NAME; see keepScreenshot. */
  async picture(name: string): Promise<void> {
    await keepScreenshot(`${this.album}-${name}`, await this.page.screenshot());
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
