import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { visitAsMinutesPass } from '../support/library';
import { quantile } from '../support/quantile';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';
import { postRaw } from '../support/ways-in';

jest.setTimeout(240_000);

const UPLOADS = 20;
/** How much slower than without the plugin an upload may be while the sidecar is down, in milliseconds. */
const ALLOWED_MS = 50;

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('sidecar-away', { requestLog: true })));
afterAll(() => flow.stop());

test('an upload while the sidecar is down succeeds, and its suggestion comes by itself when it is back', async () => {
  const { admin, sidecar } = flow;
  await sidecar.stop();
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'cat.jpg'));
  await admin.go('/wp-admin/');

  await sidecar.start();
  // Nobody touches wp-admin; strangers look at the public page, as they do, and WordPress runs its cron.
  const suggestion = await flow.suggestionFor(id, () => visitAsMinutesPass(flow.site));
  expect(suggestion.fields.alt_text).not.toBe('');

  const card = await flow.card(id);
  expect(await card.getByRole('textbox', { name: 'Suggested alt text' }).inputValue()).toBe(suggestion.fields.alt_text);
  await admin.picture('1-sidecar-back');
  expect(await flow.altText(id)).toBe('');
});

/** Twenty pictures that differ, of the size of a photograph on the web. */
async function pictures(): Promise<Buffer[]> {
  const bytes = readFileSync(path.join(PHOTOGRAPHS, 'parthenon.jpg'));
  const turns = Array.from({ length: UPLOADS }, (_, count) => sharp(bytes).rotate(count).resize(640).jpeg().toBuffer());
  return Promise.all(turns);
}

test('twenty uploads while it is down are as quick as without the plugin, and all get their suggestion', async () => {
  const { admin, sidecar, site } = flow;
  const files = await pictures();
  await sidecar.stop();
  const timed = async (name: string, bytes: Buffer, headers: Record<string, string>): Promise<[number, number]> => {
    const began = performance.now();
    const id = await postRaw(flow, name, bytes, headers);
    return [performance.now() - began, id];
  };
  const without: number[] = [];
  const withIt: number[] = [];
  const ids: number[] = [];
  for (const [count, bytes] of files.entries()) {
    const off = () => timed(`off-${count}.jpg`, bytes, { 'x-without-altsmith': '1' });
    // Each goes first every other time.
    if (count % 2 === 0) without.push((await off())[0]);
    const [ms, id] = await timed(`on-${count}.jpg`, bytes, {});
    withIt.push(ms);
    ids.push(id);
    if (count % 2 === 1) without.push((await off())[0]);
  }
  const slowerAt = (part: number) => quantile(withIt, part) - quantile(without, part);
  const slower = slowerAt(0.5);
  const uploads = site.requests.filter((one) => one.uploads.some(([, id]) => ids.includes(id)));
  const cpu = quantile(
    uploads.map((one) => one.cpu_ms),
    0.5,
  );
  process.stdout.write(
    `sidecar down, ${UPLOADS} uploads each, in turn: ${quantile(withIt, 0.5).toFixed(0)} ms with the plugin, ${quantile(without, 0.5).toFixed(0)} ms without (medians; ${slower.toFixed(0)} ms more), of which ${cpu.toFixed(1)} ms of a processor are the plugin's hooks\n`,
  );
  // A wait of the plugin's own is in every upload. On a machine that is busy with other things the median of twenty strays,
  // and then the quicker ones, which were disturbed less, still tell.
  expect(Math.min(slower, slowerAt(0.25))).toBeLessThanOrEqual(ALLOWED_MS);
  expect(uploads).toHaveLength(UPLOADS);
  expect(uploads.flatMap(({ http }) => http)).toEqual([]);
  // Those without the plugin are nobody's wish.
  expect(site.requests.filter((one) => one.off).flatMap((one) => one.uploads)).not.toEqual([]);

  await admin.go('/wp-admin/upload.php?page=altsmith-review&per_page=50');
  const notice = admin.page.locator('#altsmith-review .components-notice.is-error');
  await notice.getByText('Altsmith tries again automatically; no image is lost.').waitFor();
  await notice.getByText(`${UPLOADS} images are on their way.`).waitFor();
  expect(await notice.innerText()).toContain(`The sidecar at ${sidecar.url} could not be reached`);
  await admin.picture('2-twenty-waiting');

  // The screen stays open and nobody touches anything.
  await sidecar.start();
  await waitFor(
    'twenty suggestions on the screen',
    async () => {
      const shown = await admin.page.evaluate(() =>
        Array.from(document.querySelectorAll<HTMLElement>('[data-attachment]'), (one) => one.dataset['attachment']),
      );
      return ids.every((id) => shown.includes(String(id)));
    },
    { timeoutMs: 150_000, everyMs: 1000 },
  ).catch(async (error: unknown) => {
    await admin.picture('failed');
    throw error;
  });
  await notice.waitFor({ state: 'detached' });
  await admin.picture('3-twenty-here');
  const { body: jobs } = await sidecar.call('GET', '/v1/jobs?limit=200');
  for (const id of ids)
    expect(jobs.items.filter((one: any) => one.subject.id === String(id))).toMatchObject([{ state: 'done' }]);
  for (const id of ids) expect(await flow.altText(id)).toBe('');
  expect(admin.errors).toEqual([]);
  expect(site.debugLog).toBe('');
});
