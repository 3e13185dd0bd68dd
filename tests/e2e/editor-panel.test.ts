import axe from 'axe-core';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { barriers } from '../support/axe';
import { blocks, BlockEditor, type Picture } from '../support/block-editor';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

let flow: ReviewFlow;
const pictures: Record<string, Picture> = {};

beforeAll(async () => {
  flow = await ReviewFlow.start('editor');
  // Nothing is asked for by itself here: in these tests a person presses Generate.
  await flow.site.php([
    '-r',
    `$_SERVER['HTTP_HOST'] = '127.0.0.1'; require '${flow.site.wordpress}/wp-load.php'; update_option( 'altsmith_settings', array( 'automatic' => false ) + Altsmith\\Settings::defaults() );`,
  ]);
  for (const name of ['coffee', 'cat', 'astronaut', 'rocket']) {
    const id = await flow.site.sideload(path.join(PHOTOGRAPHS, `${name}.jpg`), name);
    const { body } = await flow.site.rest('GET', `/wp/v2/media/${id}`);
    pictures[name] = { id, url: body.source_url };
  }
});
afterAll(() => flow.stop());

async function draft(title: string, content: readonly string[]): Promise<number> {
  const { status, body } = await flow.site.rest('POST', '/wp/v2/posts', { title, content: content.join('\n\n') });
  expect(status).toBe(201);
  return body.id;
}

/** WordPress takes a post for closed when no editor has said for 150 seconds that it is open. */
async function letTheEditorsLockAge(post: number): Promise<void> {
  await flow.site.inWordPress(`
    list( $time, $user ) = explode( ':', get_post_meta( ${post}, '_edit_lock', true ) );
    return update_post_meta( ${post}, '_edit_lock', ( $time - 150 ) . ':' . $user );`);
}

async function content(post: number): Promise<string> {
  const { body } = await flow.site.rest('GET', `/wp/v2/posts/${post}?context=edit`);
  return body.content.raw;
}

test('a person generates, edits and applies a text in the block editor, and the library has it too', async () => {
  const { admin } = flow;
  const post = await draft('Coffee', [blocks.image(pictures['coffee']!)]);
  const editor = await BlockEditor.open(admin, post);
  const panel = await editor.select([0]);
  await panel.getByText('No suggestion has been requested.').waitFor();
  await admin.picture('1-before');

  const generate = panel.getByRole('button', { name: 'Generate', exact: true });
  await generate.focus();
  await admin.page.keyboard.press('Enter');
  const box = panel.getByRole('textbox', { name: 'Suggestion' });
  await box.waitFor({ timeout: 60_000 });
  await waitFor('the focus to be on Apply', async () => (await editor.focused()) === 'Apply');
  expect(await editor.spoken()).toContain('A suggestion is available.');
  expect(await flow.altText(pictures['coffee']!.id)).toBe('');
  await admin.picture('2-suggestion');

  await box.fill('A cup of espresso, "doppio" & 3 < 4 <strong>beans');
  await panel.getByRole('button', { name: 'Apply' }).focus();
  await admin.page.keyboard.press('Enter');
  await box.waitFor({ state: 'detached' });
  expect(await editor.focused()).toBe('Regenerate');
  expect(await editor.spoken()).toContain('Applied here and in the media library.');
  // Tags are no text; what is left is the same in the block and in the library.
  const written = 'A cup of espresso, "doppio" & 3 < 4 beans';
  expect((await editor.attributes(0))['alt']).toBe(written);
  expect(await flow.altText(pictures['coffee']!.id)).toBe(written);
  await admin.picture('3-applied');

  await editor.save();
  // The editor writes "<" as it is in some versions, and as an entity in others.
  expect(await content(post)).toMatch(/alt="A cup of espresso, &quot;doppio&quot; &amp; 3 (<|&lt;) 4 beans"/);
  expect(await (await BlockEditor.open(admin, post)).invalidBlocks()).toEqual([]);
});

test('“this block only” leaves the library alone, and the library’s text can be brought to a block', async () => {
  const { admin } = flow;
  const coffee = pictures['coffee']!;
  const post = await draft('Two', [blocks.image(pictures['cat']!), blocks.image(coffee)]);
  const editor = await BlockEditor.open(admin, post);
  const panel = await editor.select([0]);
  await panel.getByRole('button', { name: 'Generate', exact: true }).click();
  await panel.getByRole('radio', { name: 'This block only' }).check({ timeout: 60_000 });
  await panel.getByRole('textbox', { name: 'Suggestion' }).fill('The cat of the house');
  await panel.getByRole('button', { name: 'Apply' }).click();
  await panel.getByRole('button', { name: 'Show the suggestion' }).waitFor();
  expect((await editor.attributes(0))['alt']).toBe('The cat of the house');
  expect(await flow.altText(pictures['cat']!.id)).toBe('');

  const second = await editor.select([1]);
  await second.getByRole('button', { name: 'Use it here' }).click();
  expect((await editor.attributes(1))['alt']).toBe(await flow.altText(coffee.id));
});

/** How often the plugin walks through the blocks while a letter is typed into the second block; it goes on counting. */
const walksWhileTyping = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const counted = window as any;
    const get = Reflect.get;
    let walks = 0;
    Reflect.get = (...words: [object, PropertyKey, unknown?]) => {
      if (words[1] === 'innerBlocks') walks += 1;
      counted.altsmithWalks = walks;
      return get(...words);
    };
    const { select, dispatch } = counted.wp.data;
    const paragraph = select('core/block-editor').getBlocks()[1].innerBlocks[0];
    dispatch('core/block-editor').updateBlockAttributes(paragraph.clientId, { content: 'Beside it' });
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    return walks;
  });

test('decorative is a choice, and before publishing the panel says what is missing', async () => {
  const { admin } = flow;
  const post = await draft('Before publishing', [
    blocks.cover(pictures['astronaut']!),
    blocks.mediaText(pictures['rocket']!),
    blocks.gallery([pictures['cat']!, pictures['coffee']!]),
  ]);
  const editor = await BlockEditor.open(admin, post);
  const cover = await editor.select([0]);
  await cover.getByRole('button', { name: 'Generate', exact: true }).click();
  await cover.getByRole('textbox', { name: 'Suggestion' }).waitFor({ timeout: 60_000 });
  await (await editor.select([1])).getByText('No suggestion has been requested.').waitFor();
  const gallery = await editor.select([2]);
  await gallery.getByText('2 of 2 images have no alt text.').waitFor();
  await admin.picture('4-gallery');
  expect(await walksWhileTyping(admin.page)).toBe(0);

  await admin.page.getByRole('button', { name: 'Publish', exact: true }).first().click();
  const check = admin.page.locator('.altsmith-pre-publish');
  await check.getByText('2 images have suggestions that need review. 2 images have no alt text.').waitFor();
  expect(await admin.page.evaluate(() => (window as any).altsmithWalks)).toBeGreaterThan(0);
  await admin.picture('5-before-publishing');
  expect(await barriers(admin.page, '.altsmith-pre-publish')).toEqual([]);
  await check.getByRole('button', { name: 'astronaut' }).click();

  const again = await editor.select([0]);
  await again.getByRole('button', { name: 'Decorative' }).click();
  await waitFor('the mark in the library', async () => {
    const { body } = await flow.site.rest('GET', `/altsmith/v1/attachments/${pictures['astronaut']!.id}`);
    return body.decorative === true;
  });
  expect((await editor.attributes(0))['alt']).toBe('');
});

test('an approved text is brought to pictures that were placed before, and every block stays valid', async () => {
  const { admin, site } = flow;
  const coffee = pictures['coffee']!;
  const text = await flow.altText(coffee.id);
  const before = [
    blocks.image(coffee),
    blocks.cover(coffee),
    blocks.fixedCover(coffee),
    blocks.mediaText(coffee),
    blocks.gallery([coffee]),
    blocks.image(coffee, 'My own words'),
  ];
  const post = await draft('Placed', before);
  const route = `/altsmith/v1/attachments/${coffee.id}/placements`;
  const { body: list } = await site.rest('GET', route);
  const here = list.items.filter((item: any) => item.post.id === post);
  expect(here.map((item: any) => item.state)).toEqual(['empty', 'empty', 'empty', 'empty', 'empty', 'custom']);
  const keys = here.filter((item: any) => item.ticked).map((item: any) => item.key);
  const { body: applied } = await site.rest('POST', `${route}/apply`, { keys, text });
  expect(applied.items).toMatchObject([{ outcome: 'updated' }]);

  const editor = await BlockEditor.open(admin, post);
  expect(await editor.invalidBlocks()).toEqual([]);
  expect((await editor.attributes(1))['alt']).toBe(text);
  expect((await editor.attributes(2))['alt']).toBe(text);
  expect((await editor.attributes(3))['mediaAlt']).toBe(text);
  expect((await editor.attributes(5))['alt']).toBe('My own words');
  await admin.picture('6-placed');

  // While the post is open it is left alone. After ten seconds 7.1 no longer says when its window closes; then the lock ends by its age.
  const undo = async () => (await site.rest('POST', `${route}/undo`, { change_id: applied.change_id })).body.items[0];
  expect(await undo()).toMatchObject({ outcome: 'being_edited' });
  await admin.go('/wp-admin/');
  await waitFor('the post to be free again', async () => {
    await letTheEditorsLockAge(post);
    return (await undo()).outcome === 'updated';
  });
  expect(await content(post)).toBe(before.join('\n\n'));
});

test('on the image’s own screen a person sees the places, previews, updates and takes back', async () => {
  const { admin } = flow;
  const coffee = pictures['coffee']!;
  const before = blocks.image(coffee);
  const post = await draft('A place', [before]);
  await admin.go(`/wp-admin/post.php?post=${coffee.id}&action=edit`);
  const box = admin.page.locator('#altsmith-places');
  await box.getByRole('checkbox', { name: 'A place (Post): no alt text' }).waitFor();
  const checked = box.getByRole('checkbox', { checked: true });
  while ((await checked.count()) > 0) await checked.first().uncheck();
  await box.getByRole('checkbox', { name: 'A place (Post): no alt text' }).check();
  await box.getByRole('button', { name: 'Preview the changes' }).click();
  await box.locator('ins').waitFor();
  expect(await box.locator('del').innerText()).toContain('alt=""');
  expect(await content(post)).toBe(before);
  await admin.picture('8-places');
  await box.getByRole('button', { name: 'Update 1 place' }).click();
  await box.getByText('1 post was updated.').waitFor();
  expect(await content(post)).not.toBe(before);
  await box.getByRole('button', { name: 'Undo' }).first().click();
  await box.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
  expect(await content(post)).toBe(before);

  await admin.page.addScriptTag({ content: axe.source });
  const { violations } = await admin.page.evaluate(() => (window as any).axe.run('#altsmith-places'));
  expect(violations.filter((one: any) => ['serious', 'critical'].includes(one.impact))).toEqual([]);
});

test('the public page carries the approved text and describes the image to search engines', async () => {
  const { admin, site } = flow;
  const coffee = pictures['coffee']!;
  const text = await flow.altText(coffee.id);
  const { body: post } = await site.rest('POST', '/wp/v2/posts', {
    title: 'Public',
    content: blocks.image(coffee, text.replaceAll('"', '&quot;').replaceAll('<', '&lt;')),
    status: 'publish',
  });
  await admin.page.goto(post.link);
  expect(await admin.page.locator('.wp-block-image img').getAttribute('alt')).toBe(text);
  const data = JSON.parse((await admin.page.locator('script[type="application/ld+json"]').textContent()) ?? '');
  expect(data['@graph']).toMatchObject([
    { '@type': 'ImageObject', contentUrl: coffee.url, representativeOfPage: true },
  ]);
  await admin.picture('7-public-page');
});

test('a page that only has the person’s cookies, as a forged one would, is told nothing and changes nothing', async () => {
  const { admin } = flow;
  const cat = pictures['cat']!.id;
  await admin.go('/wp-admin/');
  const ask = (method: string, route: string): Promise<number> =>
    admin.page.evaluate(
      async ([how, where]) => (await fetch(`/wp-json/altsmith/v1/${where}`, { method: how ?? '' })).status,
      [method, route],
    );
  expect(await ask('GET', 'suggestions')).toBe(401);
  expect(await ask('GET', `attachments/${cat}`)).toBe(401);
  expect(await ask('POST', `attachments/${cat}/request`)).toBe(401);
  expect(await ask('POST', `attachments/${cat}/placements/apply?text=x&keys[]=1-0-0123456789abcdef`)).toBe(401);
});

test('the panel has no serious accessibility violation, and nothing went wrong on the way', async () => {
  const { admin, site } = flow;
  const editor = await BlockEditor.open(admin, await draft('Axe', [blocks.image(pictures['cat']!)]));
  await (await editor.select([0])).getByRole('textbox', { name: 'Suggestion' }).waitFor();
  await admin.page.addScriptTag({ content: axe.source });
  const { violations } = await admin.page.evaluate(() => (window as any).axe.run('.altsmith-panel'));
  const serious = violations.filter((one: any) => one.impact === 'serious' || one.impact === 'critical');
  expect(serious.map((one: any) => `${one.id}: ${one.nodes.map((node: any) => node.html).join(' ')}`)).toEqual([]);
  expect(admin.errors).toEqual([]);
  expect(site.debugLog).toBe('');
});
