import type { Page } from 'playwright-core';

/** Notices when a text has become more than text in a browser. Hostile texts set `window.__pwned` or speak to evil.invalid. */
export class Trap {
  readonly #sprung: string[] = [];

  private constructor(private readonly page: Page) {}

  static async lay(page: Page): Promise<Trap> {
    const trap = new Trap(page);
    await page.addInitScript(() => {
      Object.defineProperty(window, '__pwned', {
        configurable: true,
        set: () => ((window as any).__wasPwned = true),
        get: () => undefined,
      });
    });
    page.on('dialog', (dialog) => {
      trap.#sprung.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url().includes('evil.invalid')) trap.#sprung.push(`asked for ${request.url()}`);
    });
    return trap;
  }

  /** Fails when something ran, asked for something, or put elements or handlers inside `selector` that text cannot be. */
  async expectEmpty(selector: string): Promise<void> {
    const found = await this.page.evaluate((where) => {
      const strange = Array.from(document.querySelectorAll(where)).flatMap((root) =>
        Array.from(root.querySelectorAll('*')).filter(
          (one) =>
            one.matches('iframe, object, embed, marquee, math, base, meta, template, [id=hostile]') ||
            Array.from(one.attributes).some(
              ({ name, value }) => /^on|^srcdoc$/.test(name) && value.includes('__pwned'),
            ) ||
            /^\s*javascript:/i.test(one.getAttribute('href') ?? '') ||
            (one.matches('script:not([type*=json]), style') && one.textContent.includes('__pwned')),
        ),
      );
      const pictures = Array.from(document.images).filter((one) => /(^|\/)x(:x)?$/.test(one.getAttribute('src') ?? ''));
      return {
        ran: (window as any).__wasPwned === true,
        strange: [...strange, ...pictures].map((one) => one.outerHTML.slice(0, 200)),
        roots: document.querySelectorAll(where).length,
      };
    }, selector);
    if (found.roots === 0) throw new Error(`there is nothing at ${selector}`);
    expect({ ...found, sprung: this.#sprung }).toEqual({ ran: false, strange: [], roots: found.roots, sprung: [] });
  }
}
