import path from 'node:path';
import { barriers } from '../support/axe';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';

jest.setTimeout(240_000);

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('details')));
afterAll(() => flow.stop());

const window = () => flow.admin.page.locator('.media-modal .altsmith-details');
const field = () => flow.admin.page.locator('#attachment-details-two-column-alt-text');

test('in the media window a suggestion is edited and applied, and the next image’s is dismissed', async () => {
  const { admin } = flow;
  const first = await admin.upload(path.join(PHOTOGRAPHS, 'coffee.jpg'));
  const second = await admin.upload(path.join(PHOTOGRAPHS, 'cat.jpg'));
  await flow.suggestionFor(first);
  await flow.suggestionFor(second);

  await admin.go(`/wp-admin/upload.php?item=${second}`);
  await window().getByRole('textbox', { name: 'Suggestion' }).fill('A tabby cat looks up');
  await admin.picture('1-media-window');
  expect(await flow.altText(second)).toBe('');
  await window().getByRole('button', { name: 'Apply' }).click();
  await window().locator('[data-status=applied]').waitFor();
  expect(await field().inputValue()).toBe('A tabby cat looks up');
  expect(await flow.altText(second)).toBe('A tabby cat looks up');

  // The window draws its fields anew for the next image, and again for the way back.
  await admin.page.getByRole('button', { name: 'Edit next media item' }).click();
  await window().getByRole('textbox', { name: 'Suggestion' }).waitFor();
  expect(await barriers(admin.page, '.media-modal .altsmith-details')).toEqual([]);
  await window().getByRole('button', { name: 'Dismiss' }).click();
  await window().locator('[data-status=rejected]').waitFor();
  expect(await flow.altText(first)).toBe('');
  await admin.page.getByRole('button', { name: 'Edit previous media item' }).click();
  await window().locator('[data-status=applied]').waitFor();
  expect(await field().inputValue()).toBe('A tabby cat looks up');

  // Who asks again after a rejection gets something to decide about.
  await admin.page.getByRole('button', { name: 'Edit next media item' }).click();
  await window().getByRole('button', { name: 'Regenerate' }).click();
  await window().locator('[data-status=pending]').waitFor();
  await admin.go(`/wp-admin/post.php?post=${first}&action=edit`);
  const box = admin.page.locator('.altsmith-details');
  await box.getByRole('textbox', { name: 'Suggestion' }).fill('An espresso');
  await admin.picture('2-own-screen');
  const said = admin.page.waitForRequest((request) => request.url().includes('/decision'));
  await box.getByRole('button', { name: 'Apply' }).click();
  // Who decides here has the picture and its text before their eyes.
  expect((await said).postDataJSON()).toMatchObject({ action: 'approve', displayed: true });
  await box.locator('[data-status=applied]').waitFor();
  // The screen's own form must not put the older text back.
  await admin.page.locator('#publish').click();
  await admin.page.getByText('Media file updated.').waitFor();
  expect(await flow.altText(first)).toBe('An espresso');
});

test('changes of the page are looked through once a frame, not one by one', async () => {
  const { admin } = flow;
  await admin.go('/wp-admin/upload.php?mode=grid');
  await admin.page.locator('.attachment').first().waitFor();
  const looked = await admin.page.evaluate(async () => {
    const page = document as any;
    const whole = page.querySelectorAll.bind(document);
    let times = 0;
    page.querySelectorAll = (selector: string) => {
      if (selector.includes('altsmith-attachment')) times += 1;
      return whole(selector);
    };
    let frames = 0;
    let goesOn = true;
    const count = () => {
      frames += 1;
      if (goesOn) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    for (let change = 0; change < 200; change += 1) {
      document.body.append(document.createElement('i'));
      await Promise.resolve();
      await Promise.resolve();
    }
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // A busy machine draws no frame for a while; a page that never looks ends with the time of the test.
    while (times === 0) await frame();
    await frame();
    await frame();
    goesOn = false;
    return { times, frames };
  });
  expect(looked.times).toBeGreaterThan(0);
  expect(looked.times).toBeLessThanOrEqual(looked.frames + 1);
  expect(admin.errors).toEqual([]);
  expect(flow.site.debugLog).toBe('');
});
