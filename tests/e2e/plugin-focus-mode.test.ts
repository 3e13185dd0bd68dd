import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Route } from 'playwright-core';
import { barriers } from '../support/axe';
import { cutOff } from '../support/cut-off';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(900_000);

const SCREEN = '/wp-admin/upload.php?page=altsmith-review';
const DECISIONS = /altsmith(\/|%2F)v1(\/|%2F)suggestions(\/|%2F)[\w-]+(\/|%2F)decision/;
/** Both halves of the test together are a hundred images; at night each half is. */
const EACH = process.env['ALTSMITH_FOCUS_DECISIONS'];
const BY_KEYBOARD = Number(EACH ?? 60);
const BY_TOUCH = Number(EACH ?? 40);
/** What a site a little away takes to answer. */
const AWAY_MS = 200;

/** For the tests in between. */
const SPARE = 3;
let flow: ReviewFlow;
/** Decisions that the site has not been asked about yet; with `isHolding` each waits until it is let go. */
const held: (() => void)[] = [];
let isHolding = false;

beforeAll(async () => {
  flow = await ReviewFlow.start('focus-mode');
  // One picture many times: the model looks once, and WordPress has a hundred attachments.
  await flow.site.sideload(path.join(PHOTOGRAPHS, 'cat.jpg'), 'first');
  await flow.site.inWordPress(`
    $first = get_posts( array( 'post_type' => 'attachment', 'fields' => 'ids' ) )[0];
    $file  = get_post_meta( $first, '_wp_attached_file', true );
    $data  = wp_get_attachment_metadata( $first );
    for ( $i = 1; $i < ${BY_KEYBOARD + BY_TOUCH + SPARE}; $i++ ) {
      $id = wp_insert_attachment( array( 'post_mime_type' => 'image/jpeg', 'post_title' => sprintf( 'picture %03d', $i ), 'post_status' => 'inherit', 'post_author' => 1 ), $file );
      wp_update_attachment_metadata( $id, $data );
    }
    return 1;`);
  await waitFor(
    'every suggestion to be in WordPress',
    async () => {
      const { body } = await flow.site.rest('POST', '/altsmith/v1/sync', {});
      return body.status.counts.pending === BY_KEYBOARD + BY_TOUCH + SPARE;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
  const { page } = flow.admin;
  await page.route(DECISIONS, async (route: Route) => {
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    await route.continue();
  });
  // What is said to people who listen, in order.
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { altsmithSaid: said });
    document.addEventListener('DOMContentLoaded', () =>
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const region = target instanceof Element ? target.closest('[id^="a11y-speak-"]') : null;
          if (region?.textContent) said.push(region.textContent.replace(/\u00a0/g, ''));
        }
      }).observe(document.body, { childList: true, subtree: true, characterData: true }),
    );
  });
});
afterAll(() => flow.stop());

const page = () => flow.admin.page;
const focused = () => page().evaluate<string, null>('document.activeElement.getAttribute("aria-label") ?? ""', null);
const said = () => page().evaluate<string[], null>('window.altsmithSaid', null);
const card = () => page().locator('.altsmith-focus__card');

async function open(width: number, height: number): Promise<void> {
  await page().setViewportSize({ width, height });
  await flow.admin.go(`${SCREEN}&layout=focus-table`);
  await card().waitFor();
  await waitFor('the card to have the focus', async () => (await focused()) !== '');
}

/** A hundred decisions, one after the other, take a busy machine minutes. */
const everyDecisionIsWithTheSite = (left: number) =>
  waitFor(
    'every decision to be with the site',
    async () => {
      const { body } = await flow.site.rest('GET', '/altsmith/v1/status');
      return body.counts.pending === left;
    },
    { timeoutMs: 300_000 },
  );

test('decision after decision by keyboard: the next picture does not wait for the site, and each is announced', async () => {
  await open(1280, 900);
  await flow.admin.picture('1-one-picture');
  expect(await barriers(page(), '.altsmith-focus')).toEqual([]);
  isHolding = true;
  for (let count = 0; count < BY_KEYBOARD; count++) {
    const name = await focused();
    expect(name).not.toBe('');
    const before = (await said()).length;
    await page().keyboard.press(count % 10 === 9 ? 'd' : 'a');
    await waitFor('the next picture', async () => ![name, ''].includes(await focused()), { everyMs: 20 });
    // It was there before the site was asked at all.
    await waitFor('the decision to be on its way', () => held.length > 0, { everyMs: 20 });
    held.splice(0).forEach((go) => go());
    const image = card().locator('img');
    expect(await image.evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0)).toBe(true);
    await waitFor('the announcement', async () => (await said()).slice(before).some((text) => text.includes(name)));
  }
  isHolding = false;
  await everyDecisionIsWithTheSite(BY_TOUCH + SPARE);
  expect(flow.admin.errors).toEqual([]);
});

test('what was decided last is undone by a letter, and the picture is there again', async () => {
  await open(1280, 900);
  const name = await focused();
  await page().keyboard.press('a');
  await waitFor('the next picture', async () => ![name, ''].includes(await focused()));
  await page().keyboard.press('u');
  await waitFor('the picture to be back', async () => (await focused()) === name);
});

test('a key that is held decides about one picture, and the letter for undo takes back what was decided last', async () => {
  await open(1280, 900);
  isHolding = true;
  const first = await focused();
  for (let repeat = 0; repeat < 5; repeat++) await page().keyboard.down('a');
  await page().keyboard.up('a');
  await waitFor('the next picture', async () => ![first, ''].includes(await focused()));
  const second = await focused();
  await page().keyboard.press('a');
  await waitFor('both decisions to be on their way', () => held.length === 2);
  const third = await focused();
  // The second answer overtakes the first.
  held.pop()?.();
  await page().waitForResponse((one) => DECISIONS.test(one.url()));
  isHolding = false;
  held.splice(0).forEach((go) => go());
  await page().keyboard.press('u');
  await waitFor('a picture to be back', async () => ![third, ''].includes(await focused()));
  expect(await focused()).toBe(second);
});

test('a decision that fails brings the picture back, and says so', async () => {
  await open(1280, 900);
  const name = await focused();
  await page().route(DECISIONS, (route) =>
    route.fulfill({
      status: 503,
      json: { code: 'altsmith_unreachable', message: 'The sidecar is away.', data: { status: 503 } },
    }),
  );
  await page().keyboard.press('a');
  await waitFor('the failure to be announced', async () =>
    (await said()).some((text) => text.includes(name) && text.includes('The sidecar is away.')),
  );
  await page().unroute(DECISIONS);
  await page().keyboard.press('k');
  await waitFor('the picture to be reachable', async () => (await focused()) === name);
  expect(await card().innerText()).toContain('The sidecar is away.');
});

test('by touch in a window of 390 pixels, with a button for everything', async () => {
  await open(390, 844);
  await flow.admin.picture('2-phone');
  expect(await barriers(page(), '.altsmith-focus')).toEqual([]);
  expect(await cutOff(page(), '.altsmith-focus')).toEqual([]);
  const small = await page()
    .locator('.altsmith-focus button:visible, .altsmith-focus select:visible')
    .evaluateAll((all) =>
      all
        .map((one) => ({ name: one.textContent, ...one.getBoundingClientRect().toJSON() }))
        .filter(({ width, height }) => width < 24 || height < 24)
        .map(({ name }) => name),
    );
  expect(small).toEqual([]);
  for (let count = 0; count < BY_TOUCH; count++) {
    const name = await focused();
    await card().getByRole('button', { name: 'Approve', exact: true }).click();
    await waitFor('the next picture', async () => ![name, ''].includes(await focused()), { everyMs: 20 });
  }
  await everyDecisionIsWithTheSite(2);
  for (const name of ['Reject', 'Decorative', 'Pass on', 'Previous', 'Next'])
    expect(await card().getByRole('button', { name, exact: true }).count()).toBe(1);
});

test('letters can be switched off and changed, and do nothing outside the list', async () => {
  await open(1280, 900);
  const name = await focused();
  await page().getByRole('button', { name: 'Keyboard shortcuts' }).focus();
  await page().keyboard.press('Enter');
  const dialog = page().getByRole('dialog', { name: 'Keyboard shortcuts' });
  const kept = page().waitForResponse((one) => one.url().includes('preferences'));
  await dialog.getByLabel('Next suggestion').fill('n');
  await kept;
  expect(await barriers(page(), '[role=dialog]')).toEqual([]);
  await flow.admin.picture('3-keyboard-shortcuts');
  await page().keyboard.press('Escape');
  await open(1280, 900);
  await page().keyboard.press('j');
  expect(await focused()).toBe(name);
  await page().keyboard.press('n');
  await waitFor('the next picture', async () => ![name, ''].includes(await focused()));

  await flow.admin.go(`${SCREEN}&layout=table`);
  await page().locator('[data-attachment]').first().waitFor();
  await page().locator('#wp-admin-bar-site-name > a').focus();
  const decided = await page().locator('[data-attachment]').count();
  await page().keyboard.press('a');
  expect(await page().locator('[data-attachment]').count()).toBe(decided);

  await page().getByRole('button', { name: 'Keyboard shortcuts' }).click();
  const off = page().waitForResponse((one) => one.url().includes('preferences'));
  await dialog.getByLabel('Use single letters').click();
  await off;
  await open(1280, 900);
  const here = await focused();
  await page().keyboard.press('n');
  await page().keyboard.press('a');
  expect(await focused()).toBe(here);
  await page().keyboard.press('ArrowLeft');
  await waitFor('the previous picture', async () => ![here, ''].includes(await focused()));
});

test('at 400 % it reflows, and with forced colours the focus is seen', async () => {
  await open(320, 256);
  expect(await page().evaluate('document.querySelector(".altsmith-focus").scrollWidth')).toBe(320);
  expect(await cutOff(page(), '.altsmith-focus')).toEqual([]);
  await flow.admin.picture('4-zoom-400');
  await page().emulateMedia({ forcedColors: 'active' });
  await open(1280, 900);
  await flow.admin.picture('5-forced-colours');
  await page().emulateMedia({ forcedColors: null });
});

test('list and focus mode remember where somebody was', async () => {
  await open(1280, 900);
  const name = await focused();
  await page().keyboard.press('ArrowRight');
  await waitFor('the next picture', async () => ![name, ''].includes(await focused()));
  const second = await focused();
  await page().keyboard.press('Escape');
  await page().locator('.dataviews-wrapper').waitFor();
  await waitFor('the card of the same picture to have the focus', async () => (await focused()) === second);
  await page().getByRole('button', { name: 'Focus mode' }).click();
  await waitFor('the same picture', async () => (await focused()) === second);
  // Another day.
  await flow.admin.go(SCREEN);
  await card().waitFor();
  await waitFor('the same picture', async () => (await focused()) === second);
});

test('a picture that is passed on leaves this person’s list, and comes back when it is undone', async () => {
  await open(1280, 900);
  const name = await focused();
  await card().getByRole('button', { name: 'Pass on' }).click();
  await waitFor('the next picture', async () => ![name, ''].includes(await focused()));
  await page().getByText(`“${name}”: passed on.`).first().waitFor();
  await page().locator('.altsmith-review__done').getByRole('button', { name: 'Undo' }).click();
  await waitFor('the picture to be back', async () => (await focused()) === name);
});

test('the review screen loads at most 250 kB of ours, compressed', () => {
  const build = path.resolve(__dirname, '../../plugin/build');
  const bytes = ['review.js', 'style-review.css'].map(
    (file) => gzipSync(readFileSync(path.join(build, file)), { level: 9 }).length,
  );
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(250_000);
});
