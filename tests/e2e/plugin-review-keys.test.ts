import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { APIResponse, Request, Route } from 'playwright-core';
import { barriers } from '../support/axe';
import { cutOff } from '../support/cut-off';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

/** The review list over REST, however WordPress writes the address. */
const LISTS = /altsmith\/v1\/suggestions(\?|%3F|$)/;
/** What writes at present, and what is coming. */
const MODEL = /altsmith(\/|%2F)v1(\/|%2F)model/;
const SCREEN = '/wp-admin/upload.php?page=altsmith-review';
let flow: ReviewFlow;
const ids = new Map<string, number>();

beforeAll(async () => {
  flow = await ReviewFlow.start('review-keys');
  const names = readdirSync(PHOTOGRAPHS)
    .filter((file) => file.endsWith('.jpg'))
    .slice(0, 13);
  for (const file of names) {
    const name = path.parse(file).name;
    ids.set(name, await flow.site.sideload(path.join(PHOTOGRAPHS, file), name));
  }
  await waitFor(
    'every suggestion to be in WordPress',
    async () => {
      const { body } = await flow.site.rest('POST', '/altsmith/v1/sync', {});
      return body.status.counts.pending === ids.size;
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
});
afterAll(() => flow.stop());

const { page, press, focused, done } = {
  page: () => flow.admin.page,
  press: (...keys: string[]) =>
    keys.reduce(async (last, key) => last.then(() => page().keyboard.press(key)), Promise.resolve()),
  focused: () => page().evaluate<string, null>('document.activeElement.getAttribute("aria-label") ?? ""', null),
  done: () => page().locator('.altsmith-review__done').innerText(),
};

async function afterDecision(name: string): Promise<void> {
  await page().locator(`[role=group][aria-label="${name}"]`).waitFor({ state: 'detached' });
  await waitFor('the focus to be on the next card', async () => !['', name].includes(await focused()));
}

test('the screen says that a demonstration model wrote, and that a better one is on its way', async () => {
  const notice = page().locator('.components-notice', {
    hasText: 'A small demonstration model wrote suggestions on this page.',
  });
  await flow.admin.go(SCREEN);
  await notice.getByText('For texts you can use, the sidecar needs a real model.').waitFor();
  const isComing = notice.getByText('The model “blip-base” is being downloaded and replaces it automatically.');
  for (const asksAgain of [true, false]) {
    const body = JSON.stringify({ demonstration: true, coming: 'blip-base', asksAgain });
    await page().route(MODEL, (route) => route.fulfill({ contentType: 'application/json', body }));
    await flow.admin.go(SCREEN);
    await isComing.waitFor();
    expect((await notice.innerText()).includes('requested again')).toBe(asksAgain);
    expect(await barriers(page(), '#wpbody-content')).toEqual([]);
    await page().unroute(MODEL);
  }
});

test('ten reviews without a mouse: next, edit, approve, reject with a reason, decorative, undo', async () => {
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  await flow.admin.picture('1-list');
  expect(await page().locator('[data-attachment]').count()).toBe(ids.size);

  await press('j');
  const first = await focused();
  expect(ids.has(first)).toBe(true);
  await press('j', 'k');
  expect(await focused()).toBe(first);

  // Approve an edited text.
  await press('e', 'Control+a');
  await page().keyboard.type('Typed without a mouse');
  await press('Escape');
  expect(await focused()).toBe(first);
  expect(await flow.altText(ids.get(first)!)).toBe('');
  await press('a');
  await afterDecision(first);
  expect(await flow.altText(ids.get(first)!)).toBe('Typed without a mouse');
  expect(await done()).toContain(first);
  await flow.admin.picture('2-approved');

  // Undo it: the text goes, the card comes back with the focus.
  await press('u');
  await waitFor('the card to be back', async () => (await focused()) === first);
  expect(await flow.altText(ids.get(first)!)).toBe('');
  await press('a');
  await afterDecision(first);

  // Reject with a reason.
  const second = await focused();
  await press('r', 'ArrowDown');
  await flow.admin.picture('3-reject');
  await press('Enter');
  await afterDecision(second);
  const { body: rejected } = await flow.site.rest('GET', `/altsmith/v1/attachments/${ids.get(second)}`);
  expect(rejected.suggestion).toMatchObject({ state: 'rejected', reason: 'vague' });
  expect(rejected.alt_text).toBe('');

  // Decorative.
  const third = await focused();
  await press('d');
  await afterDecision(third);
  const { body: decorative } = await flow.site.rest('GET', `/altsmith/v1/attachments/${ids.get(third)}`);
  expect(decorative).toMatchObject({ alt_text: '', decorative: true });

  // Seven more, as fast as the screen allows.
  for (let count = 0; count < 7; count++) {
    const name = await focused();
    await press('a');
    await afterDecision(name);
    expect(await flow.altText(ids.get(name)!)).not.toBe('');
  }
  expect(await page().locator('[data-attachment]').count()).toBe(ids.size - 10);
  expect(flow.admin.errors).toEqual([]);
});

test('a list that was asked for before a decision does not bring its card back', async () => {
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  let held: { route: Route; answer: APIResponse } | null = null;
  await page().route(LISTS, async (route) => {
    if (held !== null || route.request().method() !== 'GET') return route.continue();
    held = { route, answer: await route.fetch() };
  });
  const { route, answer } = await waitFor('a list that is on its way', () => held);
  await press('j');
  const name = await focused();
  await press('a');
  const card = page().locator(`[role=group][aria-label="${name}"]`);
  await card.waitFor({ state: 'detached' });
  await page().evaluate((gone) => {
    new MutationObserver(() => {
      if (document.querySelector(`[role=group][aria-label="${gone}"]`) !== null)
        document.body.dataset['cameBack'] = gone;
    }).observe(document.body, { childList: true, subtree: true });
  }, name);
  await route.fulfill({ response: answer });
  // By the time the next list is here, the older one was drawn, if it ever is.
  await page().waitForResponse((one) => LISTS.test(one.url()) && one.request().method() === 'GET');
  await page().waitForResponse((one) => LISTS.test(one.url()) && one.request().method() === 'GET');
  expect(await page().evaluate(() => document.body.dataset['cameBack'] ?? '')).toBe('');
  await page().unroute(LISTS);
});

test('a page that is no longer there leads to the last one, without a request more than that takes', async () => {
  let lists = 0;
  const count = (request: Request) => void (lists += LISTS.test(request.url()) && request.method() === 'GET' ? 1 : 0);
  page().on('request', count);
  await flow.admin.go(`${SCREEN}&paged=3`);
  await page().locator('[data-attachment]').first().waitFor();
  page().off('request', count);
  expect(lists).toBeLessThan(6);
});

test('the approval of ticked lines publishes what their cards show', async () => {
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  await press('j', 'e', 'Control+a');
  await page().keyboard.type('Typed, then ticked');
  await press('Escape');
  const name = await focused();
  const asked = page().waitForRequest((one) => one.url().includes('decisions') && one.method() === 'POST');
  const card = page().locator(`[role=group][aria-label="${name}"]`);
  await page().locator('tr', { has: card }).getByRole('checkbox').first().check();
  await page().getByRole('button', { name: 'Approve', exact: true }).last().click();
  const { decisions } = (await asked).postDataJSON();
  expect(decisions[0]).toMatchObject({ displayed: true, values: { alt_text: 'Typed, then ticked' } });
  await waitFor('the text to be written', async () => (await flow.altText(ids.get(name)!)) === 'Typed, then ticked');
});

test('the keys are listed under "?", and letters typed into a text are letters', async () => {
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  await press('?');
  await page().getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await press('Escape');
  await page().getByRole('dialog').waitFor({ state: 'detached' });
  await press('j', 'e', 'End');
  await page().keyboard.type(' aerdu?');
  const card = page().locator('[aria-current="true"]');
  expect(await card.getByRole('textbox', { name: 'Suggested alt text' }).inputValue()).toMatch(/ aerdu\?$/);
  await press('Escape');
});

test('nothing keeps people out: axe-core, a narrow window, twice the size', async () => {
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  expect(await barriers(page(), '#wpbody-content')).toEqual([]);
  await page().getByRole('button', { name: 'Approve many…' }).click();
  await page().getByRole('dialog', { name: 'Approve many' }).waitFor();
  expect(await barriers(page(), '[role=dialog]')).toEqual([]);
  await press('Escape');

  await page().setViewportSize({ width: 375, height: 800 });
  await flow.admin.go(SCREEN);
  const approve = page().getByRole('button', { name: 'Approve', exact: true }).first();
  await approve.scrollIntoViewIfNeeded();
  const box = await approve.boundingBox();
  expect(box!.x).toBeGreaterThanOrEqual(0);
  expect(box!.x + box!.width).toBeLessThanOrEqual(375);
  await flow.admin.picture('4-narrow');
  // 200 % zoom of a 1280-pixel window.
  await page().setViewportSize({ width: 640, height: 450 });
  await flow.admin.go(SCREEN);
  await approve.scrollIntoViewIfNeeded();
  await flow.admin.picture('5-zoom');
  await page().setViewportSize({ width: 1280, height: 900 });

  // Every screen of ours in a narrow window and at twice the size: nothing hangs out at the side.
  for (const [name, address, mark] of [
    ['review', SCREEN, '[data-attachment]'],
    ['existing', '/wp-admin/upload.php?page=altsmith-backfill', '.button, .components-button'],
    ['settings', '/wp-admin/options-general.php?page=altsmith', '#submit'],
  ] as const) {
    for (const width of [375, 640]) {
      await page().setViewportSize({ width, height: 800 });
      await flow.admin.go(address);
      await page().locator('#wpbody-content').locator(mark).first().waitFor();
      expect([name, width, await page().evaluate(() => document.documentElement.scrollWidth)]).toEqual([
        name,
        width,
        width,
      ]);
      expect([name, width, await cutOff(page(), '#wpbody-content')]).toEqual([name, width, []]);
      await flow.admin.picture(`8-${name}-${width}`);
    }
  }
  await page().setViewportSize({ width: 1280, height: 900 });

  // Whoever asked for less movement gets none from us.
  await page().emulateMedia({ reducedMotion: 'reduce' });
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  await press('j');
  const moving = await page().evaluate(() =>
    document
      .getAnimations()
      .filter((one) => Number(one.effect?.getComputedTiming().duration) > 10)
      .map((one) => ((one.effect as KeyframeEffect).target?.className ?? '') + ' moves'),
  );
  expect(moving).toEqual([]);
  await page().emulateMedia({ reducedMotion: null });

  await flow.admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  await page().getByRole('button', { name: 'Start', exact: true }).waitFor();
  expect(await barriers(page(), '#wpbody-content')).toEqual([]);
  await flow.admin.picture('6-existing-images');
  await flow.admin.go('/wp-admin/options-general.php?page=altsmith');
  expect(await barriers(page(), '#wpbody-content')).toEqual([]);
  await page().getByText('Connected.').first().waitFor();
  expect(await barriers(page(), '#wpbody-content')).toEqual([]);
  await flow.admin.picture('7-settings');
  expect(flow.site.debugLog).toBe('');
});
