import type { Page } from 'playwright-core';

/** Words of a screen that cannot be read whole because something around them hides what is wider than itself. */
export function cutOff(page: Page, root: string): Promise<string[]> {
  return page.evaluate((selector) => {
    const readable = 'textarea, input, button, a, p, li, label, summary';
    const elements = Array.from(document.querySelectorAll(`${selector} :is(${readable})`));
    const isCut = (element: Element): boolean => {
      const { left, right, width } = element.getBoundingClientRect();
      // What only screen readers are to find is one pixel wide.
      if (width <= 1) return false;
      for (let around = element.parentElement; around !== null; around = around.parentElement) {
        if (!['hidden', 'clip'].includes(getComputedStyle(around).overflowX) || around.clientWidth <= 1) continue;
        const start = around.getBoundingClientRect().left + around.clientLeft;
        // Where a page reads from right to left, what is too wide goes out at the left.
        if (right > start + around.clientWidth + 1 || left < start - 1) return true;
      }
      return false;
    };
    return elements.filter(isCut).map((element) => `${element.tagName} ${element.textContent.slice(0, 40)}`);
  }, root);
}
