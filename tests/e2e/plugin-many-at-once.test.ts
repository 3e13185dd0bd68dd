import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { barriers } from '../support/axe';
import { cutOff } from '../support/cut-off';
import { copyAttachments } from '../support/library';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(420_000);

const SCREEN = '/wp-admin/upload.php?page=altsmith-review';
/** The dialog shows a hundred at once: some more match. */
const MANY = 120;

let flow: ReviewFlow;
let ids: number[];

/** What WordPress's own files for Arabic would say; they are not on this machine. */
const FROM_RIGHT_TO_LEFT = `<?php
add_filter( 'gettext_with_context', fn( $text, $word, $context ) => 'text direction' === $context && 'ar' === determine_locale() ? 'rtl' : $text, 10, 3 );
`;

beforeAll(async () => {
  flow = await ReviewFlow.start('many-at-once', { cron: false });
  const folder = path.join(flow.site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'from-right-to-left.php'), FROM_RIGHT_TO_LEFT);
  // One picture many times: the model looks once.
  const first = await flow.site.sideload(path.join(PHOTOGRAPHS, 'cat.jpg'), 'first');
  ids = [first, ...(await copyAttachments(flow.site, [first], MANY))];
  await flow.site.rest('POST', '/altsmith/v1/backfill', { action: 'start' });
  await waitFor(
    'every suggestion to be in WordPress',
    async () => {
      const { body } = await flow.site.rest('POST', '/altsmith/v1/sync', {});
      return body.status.counts.pending === MANY;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
});
afterAll(() => flow.stop());

const page = () => flow.admin.page;
const dialog = () => page().getByRole('dialog', { name: 'Approve many' });

/** Takes every suggestion, however sure the model is and whatever is noted. */
async function chooseAll(): Promise<void> {
  await dialog().getByLabel('Confidence of at least').selectOption({ label: 'Any' });
  await dialog().getByRole('checkbox', { name: 'Include suggestions with notes' }).check();
}

/** Ids that more than one element of the page has: a label would name the wrong one. */
const doubledIds = () =>
  page().evaluate(() => {
    const ids = Array.from(document.querySelectorAll('[id]'), ({ id }) => id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
  });

/** How the sidecar keeps decisions: how many were made in this way, by whether their text was displayed. */
function decidedInBulk(): Record<string, number> {
  const database = new Database(path.join(flow.sidecar.dataDir, 'altsmith.db'), { readonly: true });
  const rows = database
    .prepare(
      `SELECT displayed, COUNT(*) AS n FROM suggestions WHERE decision_mode = 'bulk' GROUP BY displayed ORDER BY displayed`,
    )
    .all() as { displayed: number; n: number }[];
  database.close();
  return Object.fromEntries(rows.map(({ displayed, n }) => [String(displayed), n]));
}

test('those on the page: fields have labels, what is not ticked is left out, and the keyboard stays in the dialog', async () => {
  await flow.admin.go(SCREEN);
  await page().locator('[data-attachment]').first().waitFor();
  const opener = page().getByRole('button', { name: 'Approve many…' });
  await opener.click();
  await chooseAll();
  const lines = dialog().getByRole('listitem').getByRole('checkbox');
  await waitFor('a hundred lines', async () => (await lines.count()) === 100);
  expect(await barriers(page(), '[role=dialog]')).toEqual([]);
  expect(await cutOff(page(), '[role=dialog]')).toEqual([]);
  expect(await doubledIds()).toEqual([]);
  await flow.admin.picture('1-dialog');
  await lines.first().uncheck();
  await dialog().getByRole('button', { name: 'Approve 99 texts' }).waitFor();
  await page().keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  expect(await opener.evaluate((one) => one === document.activeElement)).toBe(true);
});

test('all that match: a frozen list, which says how many were displayed and skips what has changed since', async () => {
  await page().getByRole('button', { name: 'Approve many…' }).click();
  await chooseAll();
  await dialog()
    .getByRole('button', { name: `Approve all that match (${MANY})…` })
    .click();
  const asked = dialog().getByText(`${MANY} texts match.`);
  await asked.waitFor();
  const displayed = Number(/(\d+) of them were displayed/.exec(await asked.innerText())?.[1]);
  expect(displayed).toBeGreaterThan(0);
  expect(displayed).toBeLessThan(100);
  expect(await asked.innerText()).toContain(`${MANY - displayed} were not, and will be approved unread.`);
  expect(await barriers(page(), '[role=dialog]')).toEqual([]);
  await flow.admin.picture('2-asks');

  // Meanwhile somebody writes a text by hand, and somebody else rejects a suggestion.
  const [edited = 0, rejected = 0] = ids.slice(-2);
  await flow.site.rest('POST', `/wp/v2/media/${edited}`, { alt_text: 'by hand' });
  const { body } = await flow.site.rest('GET', `/altsmith/v1/attachments/${rejected}`);
  await flow.site.rest('POST', `/altsmith/v1/suggestions/${body.suggestion.id}/decision`, {
    action: 'reject',
    version: body.suggestion.version,
    seen: '',
  });
  await dialog()
    .getByRole('button', { name: `Approve ${MANY} texts` })
    .click();
  await page()
    .locator('.altsmith-review__done')
    .getByText(`${MANY - 2} of ${MANY} texts approved.`)
    .waitFor({ timeout: 120_000 });
  expect(await flow.altText(edited)).toBe('by hand');
  expect(await flow.altText(rejected)).toBe('');
  expect(await flow.altText(ids[0] ?? 0)).not.toBe('');
  const kept = decidedInBulk();
  expect((kept['0'] ?? 0) + (kept['1'] ?? 0)).toBeGreaterThanOrEqual(MANY - 2);
  expect(kept['1']).toBeLessThanOrEqual(displayed);
  expect(kept['1']).toBeGreaterThanOrEqual(displayed - 2);
  expect(flow.admin.errors).toEqual([]);
});

const siteTimeOfRun = (): Promise<string> =>
  flow.site.inWordPress(`
    $run = ( new Altsmith\\Storage\\Run_Store() )->ended( 1 )[0];
    return wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $run->created_at );`);

const LANGUAGES = { de_DE: 'Alternativtexte prüfen', ar: 'مراجعة النص البديل' };

const DETAILS = '.media-modal .altsmith-details';

/** Screens, what shows that they are complete, the part that is ours, and what has to be pressed first. */
const SCREENS: readonly (readonly [name: string, address: string, ready: string, ours: string, opener?: string])[] = [
  ['list', `${SCREEN}&layout=table`, '.altsmith-card textarea', '#altsmith-review'],
  ['grid', `${SCREEN}&layout=grid`, '.altsmith-card textarea', '#altsmith-review'],
  ['focus', `${SCREEN}&layout=focus-table`, '.altsmith-focus__card img', '#altsmith-review'],
  ['failed', `${SCREEN}&failed=1`, '.altsmith-failed', '#altsmith-review'],
  ['existing', '/wp-admin/upload.php?page=altsmith-backfill', '.altsmith-csv', '.altsmith-backfill'],
  [
    'many',
    `${SCREEN}&layout=table`,
    '.altsmith-bulk:not(:has(.components-spinner)) .altsmith-card__actions',
    '.altsmith-bulk',
    '.altsmith-review__top button + button',
  ],
  ['settings', '/wp-admin/options-general.php?page=altsmith', '#altsmith-connection', '#wpbody-content .wrap'],
  ['words', '/wp-admin/options-general.php?page=altsmith&words=edit', '#altsmith_words', 'form:has(#altsmith_words)'],
  ['start', '/wp-admin/options-general.php?page=altsmith-start', '.altsmith-start', '.altsmith-start'],
  ['dashboard', '/wp-admin/index.php', '#altsmith_coverage svg', '#altsmith_coverage'],
  ['media', '/wp-admin/upload.php?item=ID', `${DETAILS} textarea`, DETAILS],
  ['library', '/wp-admin/upload.php?mode=list', '[data-altsmith-status]', '#the-list .column-altsmith'],
];

test.each(Object.entries(LANGUAGES))(
  'every screen in %s has no serious barrier and hides no words',
  async (locale, title) => {
    await flow.site.inWordPress(`
    update_user_meta( 1, 'locale', '${locale}' );
    update_user_option( 1, 'media_library_mode', 'grid' );
    update_option( 'timezone_string', 'Pacific/Auckland' );
    $GLOBALS['wpdb']->query( "UPDATE {$GLOBALS['wpdb']->prefix}altsmith_requests SET suggestion_state = 'pending', status = 'ready' WHERE suggestion_state = 'applied' LIMIT 30" );
    return 1;`);
    const found: Record<string, readonly string[]> = {};
    const pending = await flow.site.inWordPress(
      `return $wpdb->get_var( "SELECT attachment_id FROM {$wpdb->prefix}altsmith_requests WHERE suggestion_state = 'pending' LIMIT 1" );`,
    );
    for (const [name, address, ready, ours, opener] of SCREENS) {
      await flow.admin.go(address.replace('ID', pending));
      if (opener !== undefined) await page().locator(opener).first().click();
      await page().locator(ready).first().waitFor();
      if (name === 'list') expect(await page().locator('h1').first().innerText()).toBe(title);
      // Times are those of the site, wherever the browser is.
      if (name === 'existing')
        await page()
          .getByText(await siteTimeOfRun())
          .waitFor();
      const direction = await page().evaluate<string, null>('document.documentElement.dir', null);
      expect(direction).toBe(locale === 'ar' ? 'rtl' : '');
      await page().locator(ours).first().scrollIntoViewIfNeeded();
      await flow.admin.picture(`screen-${locale}-${name}`);
      const wrong = [...(await barriers(page(), ours)), ...(await cutOff(page(), ours))];
      if (wrong.length > 0) found[name] = wrong;
    }
    expect(found).toEqual({});
  },
);
