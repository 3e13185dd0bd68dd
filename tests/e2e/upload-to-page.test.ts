import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';

jest.setTimeout(240_000);

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('upload')));
afterAll(() => flow.stop());

test('a photograph goes from upload to the public page, and only after a person’s yes', async () => {
  const { admin, sidecar, site } = flow;
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'coffee.jpg'));
  await admin.picture('1-uploaded');
  expect(await flow.altText(id)).toBe('');

  const suggestion = await flow.suggestionFor(id);
  const bytes = readFileSync(flow.fileWithHash(suggestion.image_sha256));
  const { status, body: caption } = await sidecar.call('POST', '/v1/captions', bytes);
  expect(status).toBe(200);
  expect(caption.alt_text).not.toBe('');
  expect(suggestion.fields.alt_text).toBe(caption.alt_text);
  expect(suggestion.model).toMatchObject({ id: 'mini', demonstration: true });

  const card = await flow.card(id);
  const box = card.getByRole('textbox', { name: 'Suggested alt text' });
  expect(await box.inputValue()).toBe(caption.alt_text);
  await admin.picture('2-review-screen');
  expect(await flow.altText(id)).toBe('');

  const approved = 'A red cup of espresso with a spoon on its saucer';
  await box.fill(approved);
  await admin.picture('3-edited');
  expect(await flow.altText(id)).toBe('');
  await card.getByRole('button', { name: 'Approve' }).click();
  await card.waitFor({ state: 'detached' });
  await admin.picture('4-approved');
  expect(await flow.altText(id)).toBe(approved);

  await admin.page.goto(await flow.publishWith(id, 'Coffee'));
  const shown = admin.page.locator(`img[alt="${approved}"]`).first();
  await shown.waitFor();
  await shown.scrollIntoViewIfNeeded();
  await admin.picture('5-public-page');

  const { body: after } = await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`);
  expect(after.suggestion).toMatchObject({ state: 'applied', values: { alt_text: approved } });
  expect(admin.errors).toEqual([]);
  expect(site.debugLog).toBe('');
});
