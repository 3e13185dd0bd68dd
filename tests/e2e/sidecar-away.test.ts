import path from 'node:path';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';

jest.setTimeout(240_000);

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('sidecar-away')));
afterAll(() => flow.stop());

test('an upload while the sidecar is down succeeds, and its suggestion comes by itself when it is back', async () => {
  const { admin, sidecar, site } = flow;
  await sidecar.stop();
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'cat.jpg'));
  await admin.go('/wp-admin/upload.php?page=altsmith-review');
  await admin.page.getByText('on its way').first().waitFor();
  await admin.picture('1-sidecar-down');

  await sidecar.start();
  // Nobody touches wp-admin; strangers look at the public page, as they do, and WordPress runs its cron.
  const suggestion = await flow.suggestionFor(id);
  expect(suggestion.fields.alt_text).not.toBe('');

  const card = await flow.card(id);
  expect(await card.getByRole('textbox', { name: 'Suggested alt text' }).inputValue()).toBe(suggestion.fields.alt_text);
  await admin.picture('2-sidecar-back');
  expect(await flow.altText(id)).toBe('');
  expect(admin.errors).toEqual([]);
  expect(site.debugLog).toBe('');
});
