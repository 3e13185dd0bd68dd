import { AdminBrowser } from '../../support/admin-browser';
import type { WordPressSite } from '../../support/wordpress-site';

const REVIEW = '/wp-admin/upload.php?page=altsmith-review';

/** Screens, and what is there once a person can use them. */
const SCREENS: readonly (readonly [name: string, address: string, ready: string])[] = [
  ['review list', `${REVIEW}&layout=table`, '.altsmith-card textarea'],
  ['review grid', `${REVIEW}&layout=grid`, '.altsmith-card textarea'],
  ['focus mode', `${REVIEW}&layout=focus-table`, '.altsmith-focus__card textarea'],
  ['existing images', '/wp-admin/upload.php?page=altsmith-backfill', '#altsmith-backfill button'],
  ['library list, text missing', '/wp-admin/upload.php?mode=list&altsmith_state=missing', '#the-list tr'],
  ['library grid', '/wp-admin/upload.php?mode=grid', '.attachments .attachment'],
  ['dashboard', '/wp-admin/index.php', '#altsmith_coverage p'],
];

/** Each screen in Chromium, three times: from the request until it can be used. Throws where a page reports an error. */
export async function screens(site: WordPressSite): Promise<string[]> {
  const admin = await AdminBrowser.open(site.url, 'bench');
  try {
    await admin.logIn();
    const lines: string[] = [];
    for (const [name, address, ready] of SCREENS) {
      const times: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const began = performance.now();
        await admin.go(address);
        await admin.page.locator(ready).first().waitFor();
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      const [least = 0, median = 0] = times;
      lines.push(
        `${name.padEnd(30)} ${median.toFixed(0).padStart(8)} ms until usable in Chromium, ${least.toFixed(0)} at least`,
      );
    }
    if (admin.errors.length > 0) throw new Error(admin.errors.join('\n'));
    return lines;
  } finally {
    await admin.close();
  }
}

/** Goes from screen to screen in Chromium until `work` has ended. Gives how many screens were used; throws where a page reports an error. */
export async function useDuring(site: WordPressSite, work: Promise<unknown>): Promise<number> {
  const progress = { isOver: false };
  const ended = work.finally(() => {
    progress.isOver = true;
  });
  const admin = await AdminBrowser.open(site.url, 'bench');
  let used = 0;
  try {
    await admin.logIn();
    while (!progress.isOver) {
      const [, address = '', ready = ''] = SCREENS[used % SCREENS.length] ?? [];
      await admin.go(address);
      await admin.page.locator(ready).first().waitFor();
      used += 1;
    }
    if (admin.errors.length > 0) throw new Error(admin.errors.join('\n'));
  } finally {
    await admin.close();
  }
  await ended;
  return used;
}
