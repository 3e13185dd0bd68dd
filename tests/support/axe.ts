import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Sentences about serious and critical barriers that axe-core finds inside `selector`. */
export async function barriers(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run(${JSON.stringify(selector)}, { resultTypes: ['violations'] }).then((found) => found.violations
      .filter((one) => ['serious', 'critical'].includes(one.impact))
      .map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ')).slice(0, 5).join(' | ')))`,
  );
}
