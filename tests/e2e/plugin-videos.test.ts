import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { barriers } from '../support/axe';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { ffmpeg } from '../support/videos/clips';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const SCREEN = '/wp-admin/upload.php?page=altsmith-review';
/** What the sidecar takes: the last clip is larger. */
const MOST_BYTES = 200_000;

/** WordPress's own translations, which say which way a language reads, are not here. */
const RIGHT_TO_LEFT = `<?php
add_filter( 'gettext_with_context', fn( $text, $word, $context ) => 'text direction' === $context && 'ar' === determine_locale() ? 'rtl' : $text, 10, 3 );
`;

let folder: string;
let flow: ReviewFlow;

/** Three seconds of each photograph, without sound. */
async function clip(name: string, photographs: readonly string[], ...more: string[]): Promise<string> {
  const file = path.join(folder, name);
  const stills = photographs.flatMap((one) => [
    ...['-loop', '1', '-framerate', '10', '-t', '3', '-i', path.join(PHOTOGRAPHS, `${one}.jpg`)],
  ]);
  const scaled = photographs.map((_, at) => `[${at}:v]scale=640:360,setsar=1,format=yuv420p[v${at}]`).join(';');
  const joined = photographs.map((_, at) => `[v${at}]`).join('');
  const graph = `${scaled};${joined}concat=n=${photographs.length}[out]`;
  await ffmpeg(...stills, '-filter_complex', graph, '-map', '[out]', ...more, file);
  return file;
}
const MP4 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '35'];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-plugin-videos-'));
  flow = await ReviewFlow.start('videos', {}, { ALTSMITH_MAX_VIDEO_BYTES: String(MOST_BYTES) });
});
afterAll(async () => {
  await flow.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  expect(flow.admin.errors.splice(0)).toEqual([]);
  expect(flow.site.debugLog).toBe('');
});

const page = () => flow.admin.page;
/** The language of the site, in which its administrator reads too. */
const speak = (locale: string) =>
  flow.site.inWordPress(
    `$wpdb->replace( $wpdb->options, array( 'option_name' => 'WPLANG', 'option_value' => '${locale}' ) ); wp_cache_flush(); return 1;`,
  );
const media = async (id: number) => (await flow.site.rest('GET', `/wp/v2/media/${id}?context=edit`)).body;
const descriptionOf = async (id: number) => (await media(id)).description.raw;

/** Waits until the site has the suggestion of a video. */
async function arrived(id: number): Promise<void> {
  await flow.suggestionFor(id);
  await waitFor(
    'the suggestion to be in WordPress',
    async () => {
      await flow.site.rest('POST', '/altsmith/v1/sync', {});
      const { body } = await flow.site.rest('GET', `/altsmith/v1/attachments/${id}?_fields=status`);
      return body.status === 'pending';
    },
    { timeoutMs: 60_000, everyMs: 500 },
  );
}

/** What a visitor of a page with the video gets, and what search engines read in it. */
async function visitPageWith(id: number) {
  const { source_url: url } = await media(id);
  const content = `<!-- wp:video {"id":${id}} --><figure class="wp-block-video"><video controls src="${url}"></video></figure><!-- /wp:video -->`;
  const { body } = await flow.site.rest('POST', '/wp/v2/pages', { title: 'A film', content, status: 'publish' });
  const html = await (await fetch(body.link)).text();
  const [, json = '{}'] = /<script[^>]*altsmith-structured-data[^>]*>([\s\S]*?)<\/script>/.exec(html) ?? [];
  const videos = (JSON.parse(json)['@graph'] ?? []).filter((one: any) => one['@type'] === 'VideoObject');
  return { link: body.link as string, html, videos };
}

test('by mouse: a video that is uploaded is described, approved with its poster, shown on a page, and undone exactly', async () => {
  await flow.admin.go('/wp-admin/options-general.php?page=altsmith');
  await page().getByLabel('Request a suggestion when a video is uploaded').check();
  await page().locator('#submit').click();
  await page().getByText('Settings saved.').waitFor();
  const id = await flow.admin.upload(await clip('garden.mp4', ['buttercup', 'cat'], ...MP4));
  await arrived(id);
  const card = await flow.card(id);
  expect(await descriptionOf(id)).toBe('');

  const use = card.getByLabel('Use this frame as the featured image of the video');
  await use.waitFor();
  await card.getByText('Video, 0:06, without sound.').waitFor();
  expect(await card.getByRole('button', { name: 'Decorative' }).count()).toBe(0);
  await card.getByRole('textbox', { name: 'Suggested description' }).fill('A buttercup & then our cat');
  await card
    .getByLabel('Text alternative, one scene a line')
    .fill('0:00 A buttercup in the grass.\n0:03 A cat looks at us.');
  await card.getByLabel('Publish the text alternative under the video').check();
  await use.check();
  await card.getByLabel('Alt text of the featured image').fill('A yellow buttercup');
  expect(await barriers(page(), '#wpbody-content')).toEqual([]);
  await flow.admin.picture('1-review');
  await card.getByRole('button', { name: 'Approve' }).click();
  await card.waitFor({ state: 'detached' });
  expect(await descriptionOf(id)).toBe('A buttercup & then our cat');
  const { featured_media: poster, date_gmt: since, source_url: url } = await media(id);
  const { source_url: picture, alt_text: posterText } = await media(poster);
  expect(posterText).toBe('A yellow buttercup');

  const { link, html, videos } = await visitPageWith(id);
  expect(html).toContain('aria-label="A buttercup &amp; then our cat"');
  expect(videos).toHaveLength(1);
  expect(videos[0]).toMatchObject({
    description: 'A buttercup & then our cat',
    duration: 'PT6S',
    contentUrl: url,
    thumbnailUrl: picture,
  });
  expect(videos[0].name).not.toBe('');
  expect(Date.parse(videos[0].uploadDate)).toBe(Date.parse(`${since}Z`));
  await flow.admin.go(link.replace(flow.site.url, ''));
  await page().getByText('Description of the video').click();
  await page().getByText('0:03 A cat looks at us.').waitFor();
  expect(await barriers(page(), '.entry-content, .wp-block-post-content')).toEqual([]);
  await flow.admin.picture('2-page');

  await flow.admin.go(`${SCREEN}&attachment=${id}`);
  const { body } = await flow.site.rest('GET', `/altsmith/v1/attachments/${id}?_fields=suggestion`);
  await flow.site.rest('POST', `/altsmith/v1/suggestions/${body.suggestion.id}/undo`, {});
  const after = await media(id);
  expect([after.description.raw, after.featured_media]).toEqual(['', 0]);
  expect((await flow.site.rest('GET', `/wp/v2/media/${poster}`)).status).toBe(404);
  const gone = await (await fetch(link)).text();
  expect([gone.includes('altsmith-video-text'), gone.includes('VideoObject')]).toEqual([false, false]);
});

test('the card reads in German, and in Arabic from right to left', async () => {
  const folder = path.join(flow.site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'direction.php'), RIGHT_TO_LEFT);
  for (const [locale, label] of [
    ['de_DE', 'Textalternative, eine Szene je Zeile'],
    ['ar', 'البديل النصي، مشهد واحد في كل سطر'],
  ] as const) {
    await speak(locale);
    await flow.admin.go(`${SCREEN}&layout=focus-table`);
    await page().getByLabel(label).waitFor();
    await page().locator('.altsmith-video__poster img').waitFor();
    expect(await barriers(page(), '.altsmith-focus')).toEqual([]);
    await flow.admin.picture(`5-${locale}`);
  }
  await speak('');
});

test('by keyboard: from the media library’s row to the approval, in focus mode', async () => {
  await flow.site.inWordPress(
    `return update_option( 'altsmith_settings', array( 'videos' => false ) + get_option( 'altsmith_settings' ) );`,
  );
  const id = await flow.site.sideload(await clip('kitchen.mp4', ['coffee'], ...MP4), 'Kitchen');
  await flow.admin.go('/wp-admin/upload.php?mode=list');
  await page().getByRole('link', { name: 'Suggest description: “Kitchen”' }).focus();
  await page().keyboard.press('Enter');
  await page().getByText('1 item will get a suggestion.').waitFor();
  await arrived(id);
  await flow.admin.go(`${SCREEN}&attachment=${id}&layout=focus-table`);
  const card = page().locator(`.altsmith-focus__card[data-attachment="${id}"]`);
  await card.locator('video').waitFor();
  await card.focus();
  await page().keyboard.press('d');
  await page().keyboard.press('e');
  await page().keyboard.press('Control+a');
  await page().keyboard.type('A cup of coffee on a table');
  const publish = card.getByLabel('Publish the text alternative under the video');
  for (
    let step = 0;
    step < 12 && !(await publish.evaluate((box: any) => box === box.ownerDocument.activeElement));
    step += 1
  )
    await page().keyboard.press('Tab');
  await page().keyboard.press('Space');
  expect(await publish.isChecked()).toBe(true);
  expect(await barriers(page(), '.altsmith-focus')).toEqual([]);
  await flow.admin.picture('3-focus-mode');
  await page().keyboard.press('Shift+Tab');
  await page().keyboard.press('Control+Enter');
  await waitFor('the description', async () => (await descriptionOf(id)) === 'A cup of coffee on a table', {
    timeoutMs: 30_000,
    everyMs: 250,
  });
  const { html, videos } = await visitPageWith(id);
  expect(html).toContain('altsmith-video-text');
  // Search engines refuse a video without a picture, and the person took none.
  expect(videos).toEqual([]);
});

test('what is too large for the sidecar is cut into still pictures by the browser', async () => {
  const file = await clip(
    'long.webm',
    ['buttercup', 'cat', 'coffee'],
    '-c:v',
    'libvpx',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-b:v',
    '4M',
    '-minrate',
    '4M',
    '-maxrate',
    '4M',
  );
  expect(statSync(file).size).toBeGreaterThan(MOST_BYTES);
  const id = await flow.site.sideload(file, 'Long');
  await flow.site.rest('POST', `/altsmith/v1/attachments/${id}/request`, {});
  await waitFor(
    'it to be refused',
    async () => {
      await flow.site.rest('POST', '/altsmith/v1/sync', {});
      return (
        (await flow.site.rest('GET', `/altsmith/v1/attachments/${id}?_fields=error`)).body.error?.code ===
        'VIDEO_TOO_LARGE'
      );
    },
    { timeoutMs: 60_000, everyMs: 500 },
  );
  await flow.admin.go(`/wp-admin/post.php?post=${id}&action=edit`);
  const box = page().locator('.altsmith-details');
  const help = box.getByRole('button', { name: 'Take still pictures in this browser' });
  await help.scrollIntoViewIfNeeded();
  await box.getByText('The video is too large for the sidecar').first().waitFor();
  expect(await barriers(page(), '.altsmith-details')).toEqual([]);
  await flow.admin.picture('4-too-large');
  await help.focus();
  await page().keyboard.press('Enter');
  await box.getByRole('textbox', { name: 'Suggestion' }).waitFor({ timeout: 120_000 });
  const { video } = await flow.suggestionFor(id);
  expect(video.duration).toBeGreaterThan(8);
  expect(video.scenes).toHaveLength(3);
  await box.getByRole('button', { name: 'Apply' }).click();
  await box.locator('[data-status=applied]').waitFor();
  expect(await descriptionOf(id)).not.toBe('');
  // The screen's own form must not put the older text back.
  const written = await descriptionOf(id);
  await page().locator('#publish').click();
  await page().getByText('Media file updated.').waitFor();
  expect(await descriptionOf(id)).toBe(written);
});
