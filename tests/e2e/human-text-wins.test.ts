import path from 'node:path';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('conflict')));
afterAll(() => flow.stop());

test('approving after somebody wrote an alt text by hand is a conflict, and their text stays', async () => {
  const { admin, sidecar, site } = flow;
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'parthenon.jpg'));
  const suggestion = await flow.suggestionFor(id);
  const card = await flow.card(id);

  // The reviewer's screen has not asked for news since: what it shows is what the reviewer saw.
  const polls = /altsmith\/v1\/suggestions(\?|%3F|$)/;
  await admin.page.route(polls, (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  const byHand = 'The west front of the Parthenon around 1885';
  const { status } = await site.rest('POST', `/wp/v2/media/${id}`, { alt_text: byHand });
  expect(status).toBe(200);

  await card.getByRole('button', { name: 'Approve' }).click();
  await admin.page.locator(`[data-attachment="${id}"][data-state="conflict"]`).waitFor();
  await admin.page.unroute(polls);
  await flow.card(id);
  await admin.picture('1-conflict');
  expect(await flow.altText(id)).toBe(byHand);
  const state = await waitFor('the sidecar to hear of it', async () => {
    const { body } = await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`);
    return body.suggestion.state === 'conflict' && body.suggestion.state;
  });
  expect(state).toBe('conflict');
  expect(site.debugLog).toBe('');
});
