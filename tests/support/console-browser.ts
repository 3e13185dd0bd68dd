import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { keepScreenshot } from './screenshot';

const ROOT = path.resolve(__dirname, '../..');
const AXE = require.resolve('axe-core/axe.min.js');

/** Root needs no-sandbox; nothing calls home; the camera is Chromium's own moving test picture. */
const FLAGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface ConsoleOptions {
  readonly width?: number;
  readonly dark?: boolean;
  /** For a proxy with a certificate that the test made. */
  readonly ignoreCertificate?: boolean;
  /** A sidecar that runs from the sources has no bundle: the page's files come from the build then. */
  readonly filesFromBuild?: boolean;
}

/** Chromium at the sidecar's own page. Collects what a person would see as an error in the browser's console. */
export class ConsoleBrowser {
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly url: string,
  ) {}

  static async open(url: string, options: ConsoleOptions = {}): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: FLAGS,
    });
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark === true ? 'dark' : 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
      ignoreHTTPSErrors: options.ignoreCertificate === true,
    });
    if (options.filesFromBuild === true) await serveBuild(context, url);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const opened = new ConsoleBrowser(browser, context, page, url);
    page.on('pageerror', (error) => opened.errors.push(`script error: ${error.message}`));
    page.on('console', (message) => {
      // A refused request is logged by the browser too; the tests look at what the page says about it.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        opened.errors.push(message.text());
      }
    });
    return opened;
  }

  async logIn(key: string, label = 'Key of this sidecar'): Promise<void> {
    if (!this.page.url().startsWith(this.url)) await this.page.goto(this.url);
    await this.page.getByLabel(label).fill(key);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.page.getByLabel(label).waitFor({ state: 'detached' });
  }

  /** Goes to a page by its link, as a person does. */
  async go(
    name: 'Try' | 'Queue' | 'Review' | 'Words' | 'Acceptance' | 'Workers' | 'Audit log' | 'Set-up',
  ): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await this.page.locator(`nav a[aria-current=page]:text-is("${name}")`).waitFor();
  }

  /**
   * Sentences about serious and critical barriers, found by axe-core, and about ids that two elements have, by which a label names the
   * wrong one. axe is put in past the page's own policy.
   */
  async barriers(): Promise<string[]> {
    const ids = await this.page.locator('[id]').evaluateAll((elements) => elements.map(({ id }) => id));
    const doubled = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `two elements have the id ${id}`);
    return [...doubled, ...(await this.axeViolations())];
  }

  private async axeViolations(): Promise<string[]> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('Runtime.evaluate', { expression: readFileSync(AXE, 'utf8') });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(found.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | '))))`,
      awaitPromise: true,
      returnByValue: true,
    });
    await session.detach();
    return JSON.parse(String(result.value));
  }

  /** True when nothing sticks out to the right. */
  async fitsTheScreen(): Promise<boolean> {
    const script = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
    const session = await this.context.newCDPSession(this.page);
    const { result } = await session.send('Runtime.evaluate', { expression: script, returnByValue: true });
    await session.detach();
    return result.value === true;
  }

  /** What the page has said to a screen reader last. */
  spoken(): Promise<string | null> {
    return this.page.locator('[aria-live=polite]').textContent();
  }

  /** Writes tests/e2e/out/console-NAME.png: the whole page, or what the window shows; see keepScreenshot. */
  async picture(name: string, { wholePage = true } = {}): Promise<void> {
    await keepScreenshot(`console-${name}`, await this.page.screenshot({ fullPage: wholePage }));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

async function serveBuild(context: BrowserContext, url: string): Promise<void> {
  await context.route(`${url}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = path.join(ROOT, 'build/console', pathname === '/' ? 'index.html' : pathname);
    if (route.request().method() !== 'GET' || !existsSync(file)) {
      await route.fallback();
      return;
    }
    await route.fulfill({ body: readFileSync(file), contentType: TYPES[path.extname(file)] ?? 'text/plain' });
  });
}
